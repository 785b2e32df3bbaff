#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace nearcache::backend::redis {

// Finds where a reply ends, in RESP2 and RESP3, without decoding it: counts how many values are
// still to come, so that nesting of any depth costs no memory. Incremental: remembers how far an
// unfinished reply was read.
//
// Threads: one at a time.
class ReplyFramer {
  public:
    enum class Status {
        complete,   // the first size() bytes are one reply
        need_more,  // the reply is not finished
        failed,     // not a reply at all: the connection cannot be used any more
    };

    // Looks at the front of `bytes`. After need_more the next call must begin with the same bytes
    // and more behind them. After complete the next call begins size() bytes further on.
    Status next(std::string_view bytes);

    std::size_t size() const noexcept { return position_; }

  private:
    Status step(std::string_view bytes);
    Status step_over_line(std::string_view bytes);
    Status step_over_bulk(std::string_view bytes);
    Status step_into_aggregate(std::string_view bytes);
    void leave(std::size_t end) noexcept;

    std::size_t position_ = 0;   // bytes of this reply known to belong to it
    std::size_t scanned_ = 0;    // the line at position_ does not end before here
    std::uint64_t missing_ = 1;  // values still to come before it is whole
    bool is_finished_ = false;   // the last call said complete: begin anew
};

}  // namespace nearcache::backend::redis
