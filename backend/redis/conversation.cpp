#include "backend/redis/conversation.hpp"

#include <memory>
#include <utility>

#include <boost/asio/write.hpp>

#include "backend/redis/codec.hpp"

namespace nearcache::backend::redis {

namespace asio = boost::asio;
using boost::system::error_code;

Conversation::Conversation(net::IoContext& context, const Clock& clock)
    : clock_(clock), socket_(context.get_executor()), deadline_timer_(context.get_executor()) {}

void Conversation::begin(Socket socket) {
    socket_ = std::move(socket);
    input_ = net::Input{};
    reader_ = PushReader{};
    answer_.reset();
    why_.clear();
}

void Conversation::close() {
    error_code ignored;
    socket_.close(ignored);
    deadline_timer_.cancel();
}

net::Awaitable<bool> Conversation::ask(std::string command, std::chrono::milliseconds patience) {
    const auto until = clock_.now() + patience;
    answer_.reset();
    send(std::move(command));
    for (;;) {
        const auto item = next();
        if (item.kind == PushReader::Kind::need_more) {
            const error_code error = co_await read_some(until);
            if (error)
                co_return fail(error == asio::error::eof         ? "closed by the server"
                               : error == asio::error::timed_out ? "no answer in time"
                                                                 : error.message());
            continue;
        }
        const bool is_answer = item.kind == PushReader::Kind::reply;
        if (is_answer) answer_ = decode(item.bytes);
        consume(item);
        if (is_answer || item.kind == PushReader::Kind::malformed) co_return true;
    }
}

net::Awaitable<error_code> Conversation::read_some(TimePoint until) {
    const auto read = ++reads_;
    is_late_ = false;
    if (until != TimePoint::max()) {
        deadline_timer_.expires_at(until);
        deadline_timer_.async_wait([this, read](error_code error) {
            // The read may be over, and be another one's turn, when the time is.
            if (error || read != reads_) return;
            is_late_ = true;
            socket_.cancel(error);
        });
    }
    const auto room = input_.prepare();
    auto [error, size] = co_await socket_.async_read_some(room, net::no_throw);
    ++reads_;
    if (until != TimePoint::max()) deadline_timer_.cancel();
    if (error) co_return is_late_ ? error_code(asio::error::timed_out) : error;
    input_.commit(size);
    if (size == room.size()) input_.grow_after_full_read();
    co_return error_code{};
}

void Conversation::send(std::string bytes) {
    // The bytes stay with the write: a peer may answer before it has read all of a command, and the
    // next one may be sent then.
    auto kept = std::make_unique<const std::string>(std::move(bytes));
    const auto buffer = asio::buffer(*kept);
    asio::async_write(socket_, buffer, [kept = std::move(kept)](error_code, std::size_t) {});
}

bool Conversation::fail(std::string_view why) {
    why_ = why;
    return false;
}

}  // namespace nearcache::backend::redis
