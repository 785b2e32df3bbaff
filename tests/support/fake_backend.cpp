#include "tests/support/fake_backend.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "resp/request_parser.hpp"

namespace nearcache::tests {

namespace {

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

void FakeBackend::get(net::LaneId lane, std::string_view key, backend::GetCompletion& completion) {
    ++gets_;
    commands_.push_back("GET " + std::string(key));
    unanswered_.push_back({lane, std::string(key), &completion, nullptr});
}

void FakeBackend::forward(net::LaneId lane, std::string_view command,
                          backend::ForwardCompletion& completion) {
    forwarded_bytes_ = command;
    commands_.push_back("> " + words_of(command));
    unanswered_.push_back({lane, {}, nullptr, &completion});
}

backend::InvalidationListener& FakeBackend::listener() const {
    if (listener_ == nullptr) throw std::logic_error("the backend was not started");
    return *listener_;
}

void FakeBackend::answer(net::LaneId lane, std::string_view key, std::string_view value,
                         Remaining remaining) {
    take_get(lane, key).on_reply({backend::GetReply::Kind::value, value, remaining, is_tracked_});
}

void FakeBackend::answer_absent(net::LaneId lane, std::string_view key) {
    take_get(lane, key).on_reply({backend::GetReply::Kind::absent, {}, {}, is_tracked_});
}

void FakeBackend::answer_error(net::LaneId lane, std::string_view key, std::string_view line) {
    take_get(lane, key).on_reply({backend::GetReply::Kind::error, line, {}, is_tracked_});
}

void FakeBackend::reply(net::LaneId lane, std::string_view bytes) {
    const auto question = take(lane);
    if (question.forwarded == nullptr) throw std::logic_error("the oldest command is a get");
    question.forwarded->on_reply(bytes);
}

void FakeBackend::fail(net::LaneId lane, Errc why) {
    const auto question = take(lane);
    question.got != nullptr ? question.got->on_failure(why) : question.forwarded->on_failure(why);
}

void FakeBackend::fail_all(Errc why) {
    while (!unanswered_.empty()) fail(unanswered_.front().lane, why);
}

FakeBackend::Question FakeBackend::take(net::LaneId lane) {
    const auto oldest = std::ranges::find(unanswered_, lane, &Question::lane);
    if (oldest == unanswered_.end()) throw std::logic_error("nothing was asked on this lane");
    auto question = std::move(*oldest);
    unanswered_.erase(oldest);
    return question;
}

backend::GetCompletion& FakeBackend::take_get(net::LaneId lane, std::string_view key) {
    const auto question = take(lane);
    if (question.got == nullptr || question.key != key) {
        throw std::logic_error("the oldest command is no get of " + std::string(key));
    }
    return *question.got;
}

}  // namespace nearcache::tests
