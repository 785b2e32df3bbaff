#include "tests/support/fake_backend.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "resp/request_parser.hpp"

namespace nearcache::tests {

namespace {

using backend::GetReply;

std::string words_of(std::string_view bytes) {
    resp::RequestParser parser;
    resp::Command command;
    if (parser.parse(bytes, command) != resp::RequestParser::Status::complete ||
        parser.consumed() != bytes.size() || command.raw.empty()) {
        throw std::logic_error("forwarded bytes are not one whole command");
    }
    std::string words;
    for (const auto word : command.words) words.append(words.empty() ? "" : " ").append(word);
    return words;
}

}  // namespace

void FakeBackend::note(const backend::Route& route, std::string command) {
    if (route.dialect == resp::Dialect::resp3) command.insert(0, "[resp3] ");
    if (route.database != home_database_) {
        command.insert(0, "[db " + std::to_string(route.database) + "] ");
    }
    commands_.push_back(std::move(command));
}

void FakeBackend::get(const backend::Route& route, std::string_view key,
                      backend::GetCompletion& completion) {
    ++gets_;
    note(route, "GET " + std::string(key));
    unanswered_.push_back({.route = route, .keys = {std::string(key)}, .got = &completion});
}

void FakeBackend::get_many(const backend::Route& route, std::span<const std::string_view> keys,
                           backend::GetManyCompletion& completion) {
    Question question{.route = route, .keys = {}, .got_many = &completion};
    std::string command = "MGET";
    for (const auto key : keys) {
        command.append(" ").append(key);
        question.keys.emplace_back(key);
    }
    note(route, std::move(command));
    unanswered_.push_back(std::move(question));
}

void FakeBackend::forward(const backend::Route& route, const net::Slice& command,
                          backend::ForwardCompletion& completion) {
    ++forwards_;
    forwarded_bytes_ = command.bytes;
    forwarded_block_ = command.block != nullptr;
    note(route, "> " + words_of(command.bytes));
    unanswered_.push_back({.route = route, .keys = {}, .forwarded = &completion});
}

void FakeBackend::forward_if(const backend::Route& route, backend::Condition condition,
                             const net::Slice& command,
                             backend::ConditionalCompletion& completion) {
    ++forwards_;
    forwarded_bytes_ = command.bytes;
    forwarded_block_ = command.block != nullptr;
    note(route, std::string(condition.key) + "? > " + words_of(command.bytes));
    unanswered_.push_back({.route = route,
                           .keys = {std::string(condition.key)},
                           .forwarded = &completion,
                           .conditional = &completion,
                           .test = std::move(condition.test)});
}

void FakeBackend::try_select(const backend::Route& route, std::string_view database,
                             backend::ForwardCompletion& completion) {
    note(route, "SELECT? " + std::string(database));
    unanswered_.push_back({.route = route, .keys = {}, .forwarded = &completion});
}

std::unique_ptr<backend::PrivateConnection> FakeBackend::lend(
    const backend::Route& route, backend::PrivateConnection::Listener& listener) {
    if (!lends_ || lent() >= most_lent_) return nullptr;
    const auto id = static_cast<std::int64_t>(private_connections_.size()) + 1;
    auto seen = std::make_shared<FakePrivateConnection>(route, listener, id);
    private_connections_.push_back(seen);
    return std::make_unique<FakePrivateConnection::Handle>(std::move(seen));
}

void FakeBackend::take_back(std::unique_ptr<backend::PrivateConnection> connection,
                            const backend::Route& route) {
    auto& seen = dynamic_cast<FakePrivateConnection::Handle&>(*connection).seen();
    seen.require_lent();
    seen.was_given_back_ = true;
    seen.route_ = route;
}

std::size_t FakeBackend::lent() const noexcept {
    return static_cast<std::size_t>(std::ranges::count_if(
        private_connections_, [](const auto& connection) { return connection->is_lent(); }));
}

backend::InvalidationListener& FakeBackend::listener() const {
    if (listener_ == nullptr) throw std::logic_error("the backend was not started");
    return *listener_;
}

void FakeBackend::answer(Asker asker, std::string_view key, std::string_view value,
                         Remaining remaining) {
    answer_with(asker, key, {GetReply::Kind::value, value, remaining, is_tracked_});
}

void FakeBackend::answer_absent(Asker asker, std::string_view key) {
    answer_with(asker, key, {GetReply::Kind::absent, {}, {}, is_tracked_});
}

void FakeBackend::answer_error(Asker asker, std::string_view key, std::string_view line) {
    answer_with(asker, key, {GetReply::Kind::error, line, {}, is_tracked_});
}

void FakeBackend::answer_with(Asker asker, std::string_view key, const GetReply& reply) {
    const auto question = take(asker);
    if (question.got == nullptr || question.keys.front() != key) {
        throw std::logic_error("the oldest command is no get of " + std::string(key));
    }
    question.got->on_reply(reply);
}

void FakeBackend::answer_many(Asker asker, const std::vector<std::optional<std::string>>& values) {
    std::vector<GetReply> replies;
    for (const auto& value : values) {
        const auto kind = value ? GetReply::Kind::value : GetReply::Kind::absent;
        replies.push_back({kind, value ? *value : std::string_view(), {}, is_tracked_});
    }
    answer_many_with(asker, replies);
}

void FakeBackend::answer_many_with(Asker asker, std::span<const GetReply> replies) {
    const auto question = take(asker);
    if (question.got_many == nullptr || question.keys.size() != replies.size()) {
        throw std::logic_error("the oldest command is no get of that many keys");
    }
    question.got_many->on_replies(replies);
}

void FakeBackend::reply_with(Asker asker, const net::Slice& reply) {
    const auto question = take(asker);
    if (question.forwarded == nullptr) throw std::logic_error("the oldest command is a get");
    if (question.test) throw std::logic_error("its condition was not tried");
    question.forwarded->on_reply(reply);
}

bool FakeBackend::try_condition(Asker asker, std::optional<std::string_view> value) {
    auto& question = *oldest(asker);
    if (!question.test) throw std::logic_error("the oldest command has no condition");
    const auto test = std::exchange(question.test, {});
    if (test(value ? &*value : nullptr)) return true;
    take(asker).conditional->on_condition_failed();
    return false;
}

void FakeBackend::change_meanwhile(Asker asker) {
    const auto question = take(asker);
    if (question.conditional == nullptr || question.test) {
        throw std::logic_error("the oldest command is none whose condition was tried");
    }
    question.conditional->on_condition_failed();
}

void FakeBackend::fail(Asker asker, Errc why) {
    const auto question = take(asker);
    if (question.got != nullptr) return question.got->on_failure(why);
    if (question.got_many != nullptr) return question.got_many->on_failure(why);
    question.forwarded->on_failure(why);
}

void FakeBackend::fail_all(Errc why) {
    while (!unanswered_.empty()) fail(unanswered_.front().route, why);
}

std::deque<FakeBackend::Question>::iterator FakeBackend::oldest(const Asker& asker) {
    const auto found = std::ranges::find_if(
        unanswered_, [&](const Question& question) { return asker.asked_on(question.route); });
    if (found == unanswered_.end()) throw std::logic_error("nothing was asked on this lane");
    return found;
}

FakeBackend::Question FakeBackend::take(const Asker& asker) {
    const auto found = oldest(asker);
    auto question = std::move(*found);
    unanswered_.erase(found);
    return question;
}

}  // namespace nearcache::tests
