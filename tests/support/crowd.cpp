#include "tests/support/crowd.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <system_error>
#include <utility>

#include <sys/epoll.h>
#include <unistd.h>

#include "tests/support/http_client.hpp"
#include "tests/support/resp_wire.hpp"

namespace nearcache::tests {

namespace {

std::optional<std::size_t> answer_length(Door door, std::string_view bytes) {
    return door == Door::http ? response_length(bytes) : reply_length(bytes);
}

}  // namespace

Crowd::Crowd() : epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
    if (epoll_ < 0) throw std::system_error(errno, std::generic_category(), "epoll_create1");
}

Crowd::~Crowd() { ::close(epoll_); }

void Crowd::join(Door door, std::uint16_t port) {
    members_.push_back(std::make_unique<Member>(Member{door, Socket(port), {}, {}}));
    epoll_event interest{};
    interest.events = EPOLLIN;
    interest.data.u64 = members_.size() - 1;
    ::epoll_ctl(epoll_, EPOLL_CTL_ADD, members_.back()->socket.descriptor(), &interest);
}

void Crowd::send(std::size_t member, std::string_view request) {
    members_[member]->waits = true;
    members_[member]->socket.send(request);
}

void Crowd::send_to_all(std::string_view http_request, std::string_view resp_request) {
    for (std::size_t number = 0; number < members_.size(); ++number) {
        const bool is_http = members_[number]->door == Door::http;
        send(number, is_http ? http_request : resp_request);
    }
}

std::size_t Crowd::wait_for_answers(std::size_t count, milliseconds limit) {
    const auto answered = [this] {
        return static_cast<std::size_t>(
            std::ranges::count_if(members_, [](const auto& one) { return !one->answer.empty(); }));
    };
    listen([&] { return answered() >= count; }, [](std::size_t) {}, limit);
    return answered();
}

void Crowd::forget_answers() {
    for (auto& member : members_) member->answer.clear();
}

std::size_t Crowd::count(const std::function<bool(Door, const std::string&)>& is_so) const {
    return static_cast<std::size_t>(std::ranges::count_if(members_, [&](const auto& member) {
        return !member->answer.empty() && is_so(member->door, member->answer);
    }));
}

std::size_t Crowd::converse(const Reply& reply, milliseconds limit) {
    const auto go_on = [&](std::size_t number) {
        const auto request = reply(number, members_[number]->answer);
        if (!request.empty()) send(number, request);
    };
    listen([this] { return waiting() == 0; }, go_on, limit);
    const auto cut = std::ranges::count_if(members_, [](const auto& one) { return one->is_cut; });
    return waiting() + static_cast<std::size_t>(cut);
}

void Crowd::leave(std::size_t member) {
    ::epoll_ctl(epoll_, EPOLL_CTL_DEL, members_[member]->socket.descriptor(), nullptr);
    const Socket closed(std::move(members_[member]->socket));
    members_[member]->waits = false;
}

std::size_t Crowd::waiting() const {
    return static_cast<std::size_t>(
        std::ranges::count_if(members_, [](const auto& member) { return member->waits; }));
}

void Crowd::listen(const std::function<bool()>& is_done, const OnAnswer& on_answer,
                   milliseconds limit) {
    const Deadline deadline(patience(limit));
    std::array<epoll_event, 256> events{};
    while (!is_done() && !deadline.has_passed()) {
        const int ready = ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()),
                                       static_cast<int>(deadline.left().count()));
        for (int i = 0; i < ready; ++i) {
            read_from(events[static_cast<std::size_t>(i)].data.u64, on_answer);
        }
    }
}

void Crowd::read_from(std::size_t number, const OnAnswer& on_answer) {
    auto& member = *members_[number];
    const auto received = member.socket.receive();
    if (received.empty()) {
        leave(number);
        member.is_cut = true;
        return;
    }
    member.inbox += received;
    const auto length = answer_length(member.door, member.inbox);
    if (!length) return;
    member.answer = member.inbox.substr(0, *length);
    member.inbox.erase(0, *length);
    member.waits = false;
    on_answer(number);
}

}  // namespace nearcache::tests
