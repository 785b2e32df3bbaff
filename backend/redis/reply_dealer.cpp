#include "backend/redis/reply_dealer.hpp"

#include <variant>

#include "backend/redis/lookup.hpp"

namespace nearcache::backend::redis {
namespace {

constexpr std::string_view ok = "+OK\r\n";

}  // namespace

void ReplyDealer::begin(std::uint64_t server) {
    input_ = net::Input{};
    framer_ = ReplyFramer{};
    replies_here_ = bytes_here_ = 0;
    server_ = server;
    answered_ = 0;
    is_server_strange_ = false;
}

bool ReplyDealer::deal() {
    while (!input_.empty()) {
        // A reply that nobody asked for: what follows could be taken for an answer to somebody.
        if (expected_.empty()) return false;
        if (replies_here_ == 0 && answer_usual()) continue;
        const auto bytes = input_.unused();
        const auto next = bytes.substr(bytes_here_);
        // Nobody here has asked for pushes.
        if (next.starts_with('>')) return false;
        const auto status = framer_.next(next);
        if (status != ReplyFramer::Status::complete) {
            return status == ReplyFramer::Status::need_more;
        }
        if (replies_here_ == 0) first_size_ = framer_.size();
        bytes_here_ += framer_.size();
        if (++replies_here_ < expected_.front().replies) continue;

        if (!answer(bytes.substr(0, bytes_here_))) return false;
        ++answered_;
        input_.consume(bytes_here_);
        replies_here_ = bytes_here_ = 0;
    }
    return true;
}

// What most questions are answered with is read in one go, without looking for its end first.
bool ReplyDealer::answer_usual() {
    const auto& expected = expected_.front();
    const auto bytes = input_.unused();
    std::size_t size = 0;
    if (auto* const* const get = std::get_if<GetCompletion*>(&expected.asker)) {
        size = answer_usual(*get, bytes);
    } else if (auto* const* const forward = std::get_if<ForwardCompletion*>(&expected.asker)) {
        if (expected.replies == 1) size = answer_usual(*forward, bytes);
    }
    if (size == 0) return false;
    // It may have seen a part of it before.
    framer_ = ReplyFramer{};
    ++answered_;
    input_.consume(size);
    return true;
}

// A value or null, and how long it lives.
std::size_t ReplyDealer::answer_usual(GetCompletion* asker, std::string_view bytes) {
    auto found = read_usual_lookup(bytes);
    if (!found) return 0;
    found->reply.is_tracked = is_tracked();
    expected_.pop();
    if (asker != nullptr) asker->on_reply(found->reply);
    return found->size;
}

// A short line, such as OK or a number.
std::size_t ReplyDealer::answer_usual(ForwardCompletion* asker, std::string_view bytes) {
    constexpr std::size_t longest = 24;
    const auto end = bytes.substr(0, longest).find('\r');
    const bool is_line = bytes[0] == '+' || bytes[0] == ':' || bytes[0] == '-';
    if (!is_line || end == std::string_view::npos || !bytes.substr(end + 1).starts_with('\n')) {
        return 0;
    }
    expected_.pop();
    if (asker != nullptr) asker->on_reply({bytes.substr(0, end + 2), &input_.block()});
    return end + 2;
}

bool ReplyDealer::answer(std::string_view replies) {
    return std::visit([&](auto* asker) { return answer(asker, replies); }, expected_.front().asker);
}

// Whoever asked may ask again when answered: the place is given up first.
bool ReplyDealer::answer(GetCompletion* asker, std::string_view replies) {
    auto reply = read_lookup(replies.substr(0, first_size_), replies.substr(first_size_));
    if (!reply) return false;
    reply->is_tracked = is_tracked();
    expected_.pop();
    if (asker != nullptr) asker->on_reply(*reply);
    return true;
}

bool ReplyDealer::answer(GetManyCompletion* asker, std::string_view replies) {
    many_.resize(expected_.front().replies - 1);
    if (!read_lookup_of_many(replies.substr(0, first_size_), replies.substr(first_size_), many_)) {
        return false;
    }
    for (auto& reply : many_) reply.is_tracked = is_tracked();
    expected_.pop();
    if (asker != nullptr) asker->on_replies(many_);
    return true;
}

bool ReplyDealer::answer(ForwardCompletion* asker, std::string_view replies) {
    const auto first = replies.substr(0, first_size_);
    // A database was tried, and left again: unless that is certain, whoever asks next would ask in
    // another one.
    const bool is_back = expected_.front().replies == 1 || replies.substr(first_size_) == ok;
    if (first.starts_with('+') && !is_back) return false;
    expected_.pop();
    if (asker != nullptr) asker->on_reply({first, &input_.block()});
    return true;
}

bool ReplyDealer::is_tracked() noexcept {
    if (acquaintance_.is_told_of(server_)) return true;
    is_server_strange_ = true;
    return false;
}

}  // namespace nearcache::backend::redis
