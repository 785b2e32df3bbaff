#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "backend/redis/connector.hpp"
#include "backend/redis/push_reader.hpp"
#include "base/clock.hpp"
#include "net/async.hpp"
#include "net/input.hpp"
#include "resp/value.hpp"

namespace nearcache::backend::redis {

// One connection on which a question is asked at a time, each answer is awaited and decoded, and
// news of changes may come in between: the control connection's manners.
//
// Threads: its context's.
class Conversation {
  public:
    Conversation(net::IoContext& context, const Clock& clock);

    // Takes over a connection on which nothing is unread.
    void begin(Socket socket);
    // What is being read or written ends with an error.
    void close();

    // Sends a command and reads its answer, within `patience`. False: the connection is of no use
    // any more, and why() says why. News that come before the answer are thrown away.
    net::Awaitable<bool> ask(std::string command, std::chrono::milliseconds patience);
    // Empty when it could not be decoded.
    const std::optional<resp::Value>& answer() const noexcept { return answer_; }
    std::string_view why() const noexcept { return why_; }

    // For who expects news. The views of items are valid until read_some().
    PushReader::Item next() { return reader_.next(input_.unused()); }
    void consume(const PushReader::Item& item) noexcept { input_.consume(item.size); }
    // Reads until anything came. After `until`: asio::error::timed_out, and the connection is as it
    // was.
    net::Awaitable<boost::system::error_code> read_some(TimePoint until = TimePoint::max());
    // Sends without waiting for anything. A failure shows as a failed read.
    void send(std::string bytes);

  private:
    bool fail(std::string_view why);

    const Clock& clock_;
    Socket socket_;
    Timer deadline_timer_;
    net::Input input_;
    PushReader reader_;
    std::optional<resp::Value> answer_;
    std::string why_;
    std::uint64_t reads_ = 0;
    bool is_late_ = false;
};

}  // namespace nearcache::backend::redis
