#include "tests/support/tcp_proxy.hpp"

#include <cerrno>
#include <iterator>
#include <stdexcept>
#include <system_error>
#include <utility>

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace nearcache::tests {

namespace {

// Where poll() is to find what.
constexpr std::size_t of_wake = 0;
constexpr std::size_t of_port = 1;
constexpr std::size_t of_passages = 2;

// One without interest is left out: it would be told of its end again and again.
pollfd entry(const Passage::Interest& interest) {
    return {interest.events == 0 ? -1 : interest.descriptor, interest.events, 0};
}

PassageRules::Stalled& of(PassageRules& rules, TcpProxy::Kind kind) {
    return kind == TcpProxy::Kind::control ? rules.control : rules.data;
}

bool has_ended(Passage& passage, const Passage::Ready& ready, const PassageRules& rules) {
    if ((ready.nearcache | ready.redis) == 0) return false;
    try {
        return !passage.move(ready, rules);
    } catch (const std::runtime_error&) {
        return true;  // what came is no RESP
    }
}

}  // namespace

TcpProxy::TcpProxy(std::uint16_t target)
    : wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)), target_(target) {
    if (wake_ < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
    thread_ = std::thread([this] { run(); });
}

TcpProxy::~TcpProxy() {
    {
        const std::lock_guard lock(mutex_);
        stops_ = true;
    }
    wake();
    thread_.join();
    ::close(wake_);
}

void TcpProxy::stall(Kind kind, Way way) {
    change([=](PassageRules& rules) {
        auto& stalled = of(rules, kind);
        (way == Way::to_redis ? stalled.to_redis : stalled.to_nearcache) = true;
    });
}

void TcpProxy::stall(Kind kind) {
    change([=](PassageRules& rules) { of(rules, kind) = {true, true}; });
}

void TcpProxy::resume(Kind kind) {
    change([=](PassageRules& rules) { of(rules, kind) = {}; });
}

void TcpProxy::cut(Kind kind) {
    const std::lock_guard lock(mutex_);
    passages_.remove_if(
        [=](const Passage& one) { return one.is_control() == (kind == Kind::control); });
    ++cuts_;
    wake();
}

std::size_t TcpProxy::count(Kind kind) const {
    const std::lock_guard lock(mutex_);
    std::size_t count = 0;
    for (const auto& one : passages_) count += one.is_control() == (kind == Kind::control);
    return count;
}

void TcpProxy::lead_to(std::uint16_t target) {
    const std::lock_guard lock(mutex_);
    target_ = target;
}

void TcpProxy::answer_tracking_itself() {
    change([](PassageRules& rules) { rules.answers_tracking = true; });
}

void TcpProxy::swallow_messages() {
    change([](PassageRules& rules) { rules.swallows_messages = true; });
}

void TcpProxy::answer_data_with(const std::string& reply) {
    change([&](PassageRules& rules) { rules.data_answer = reply; });
}

void TcpProxy::change(const std::function<void(PassageRules&)>& how) {
    const std::lock_guard lock(mutex_);
    how(rules_);
    wake();
}

void TcpProxy::wake() const { ::eventfd_write(wake_, 1); }

void TcpProxy::run() {
    for (;;) {
        auto polled = interests();
        if (polled.entries.empty()) return;
        ::poll(polled.entries.data(), polled.entries.size(), -1);
        eventfd_t ignored = 0;
        if (polled.entries[of_wake].revents != 0) ::eventfd_read(wake_, &ignored);
        const std::lock_guard lock(mutex_);
        move_all(polled);
        if (polled.entries[of_port].revents != 0) admit();
    }
}

// Nothing when it is time to stop.
TcpProxy::Polled TcpProxy::interests() const {
    const std::lock_guard lock(mutex_);
    if (stops_) return {};
    Polled all{{{wake_, POLLIN, 0}, {port_.descriptor(), POLLIN, 0}}, cuts_};
    for (const auto& one : passages_) {
        all.entries.push_back(entry(one.in_nearcache(rules_)));
        all.entries.push_back(entry(one.in_redis(rules_)));
    }
    return all;
}

void TcpProxy::admit() {
    auto nearcache = port_.accept();
    try {
        passages_.emplace_back(std::move(nearcache), target_);
    } catch (const std::system_error&) {
        // Redis is down: nearcache sees its connection closed at once.
    }
}

void TcpProxy::move_all(const Polled& polled) {
    if (polled.cuts != cuts_) return;  // the passages are others than those that were polled
    auto at = of_passages;
    for (auto one = passages_.begin(); one != passages_.end(); at += 2) {
        const Passage::Ready ready{polled.entries[at].revents, polled.entries[at + 1].revents};
        one = has_ended(*one, ready, rules_) ? passages_.erase(one) : std::next(one);
    }
}

}  // namespace nearcache::tests
