#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/buffer.hpp>
#include <boost/system/error_code.hpp>

#include "backend/redis/connector.hpp"
#include "net/block.hpp"
#include "net/output.hpp"

namespace nearcache::backend::redis {

// Commands on their way to the server: what is queued while a write is under way leaves with the
// next one. Large commands are not copied.
//
// Threads: its lane's.
class Outbox {
  public:
    void append(const net::Slice& command) { net::append_slice(queued_, command); }
    // To write small commands into, behind what is there.
    std::string& text() noexcept { return queued_.text(); }

    bool is_writing() const noexcept { return is_writing_; }
    bool empty() const noexcept { return queued_.empty() && writing_.empty(); }

    // Writes some of what is there, which must not be empty, unless it is writing. The handler is
    // to call on_written().
    template <class Handler>
    void write_some(Socket& socket, Handler&& handler) {
        refill();
        is_writing_ = true;
        if (!writing_.has_pinned()) {
            socket.async_write_some(boost::asio::buffer(writing_.text()) + written_,
                                    std::forward<Handler>(handler));
            return;
        }
        socket.async_write_some(buffers(), std::forward<Handler>(handler));
    }
    void on_written(std::size_t sent) noexcept {
        is_writing_ = false;
        written_ += sent;
        if (written_ == writing_.size()) writing_.clear();
    }

    // What the socket takes at once, for want of time for more.
    void write_at_once(Socket& socket) {
        if (is_writing_ || empty()) return;
        refill();
        boost::system::error_code ignored;
        socket.non_blocking(true, ignored);
        on_written(socket.write_some(buffers(), ignored));
    }

    // Forgets all. While a write is under way its bytes must stay: then forget_writing() is to be
    // called behind on_written().
    void clear() noexcept {
        queued_.clear();
        if (!is_writing_) writing_.clear();
    }
    // What a write over a connection that is gone has left must not go over the next one. What was
    // queued since then must.
    void forget_writing() noexcept { writing_.clear(); }

  private:
    void refill() {
        if (!writing_.empty()) return;
        writing_.swap(queued_);
        written_ = 0;
    }
    std::span<const boost::asio::const_buffer> buffers() {
        writing_.buffers_from(written_, buffers_);
        return buffers_;
    }

    net::Output<net::Block> queued_;
    net::Output<net::Block> writing_;
    std::size_t written_ = 0;  // bytes of writing_ that are gone
    std::vector<boost::asio::const_buffer> buffers_;
    bool is_writing_ = false;
};

}  // namespace nearcache::backend::redis
