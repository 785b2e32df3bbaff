#include "backend/redis/private_links.hpp"

#include <algorithm>
#include <utility>

namespace nearcache::backend::redis {
namespace {

Footing footing_of(const Route& route) {
    return {.database = route.database, .dialect = route.dialect, .asks_id = true};
}

}  // namespace

PrivateLinks::PrivateLinks(const Context& shared, net::LaneId lane, net::Limiter& limiter)
    : shared_(shared),
      lane_(lane),
      limiter_(limiter),
      sweeps_(shared.threads.lane(lane), [this] { return sweep(); }) {}

PrivateLinks::~PrivateLinks() {
    links_.clear_and_dispose([](PrivateLink* link) { delete link; });
}

std::unique_ptr<PrivateConnection> PrivateLinks::lend(const Route& route,
                                                      PrivateConnection::Listener& listener) {
    if (sweeps_.is_stopped()) return nullptr;
    auto permit = limiter_.try_acquire();
    if (!permit) return nullptr;
    auto* const resting = take_resting(route);
    auto& link = resting != nullptr ? *resting : open(route);
    return link.lend(listener, std::move(*permit));
}

void PrivateLinks::take_back(std::unique_ptr<PrivateConnection> connection, const Route& route) {
    // All that is lent here is of this kind.
    auto* const link = static_cast<LentLink&>(*connection).link();
    if (link == nullptr || !link->rest(footing_of(route))) return;
    if (sweeps_.is_stopped()) return link->close();
    resting_.push_back(link);
    if (resting_.size() > most_resting) close_oldest();
    sweeps_.start();
}

// The latest first: the others come of age.
PrivateLink* PrivateLinks::take_resting(const Route& route) {
    for (std::size_t i = resting_.size(); i-- > 0;) {
        auto* const link = resting_[i];
        if (!link->footing().serves(route.database, route.dialect)) continue;
        resting_.erase(resting_.begin() + static_cast<std::ptrdiff_t>(i));
        if (link->is_clean()) return link;
        link->close();
    }
    return nullptr;
}

PrivateLink& PrivateLinks::open(const Route& route) {
    auto* const link = new PrivateLink(shared_, lane_, *this);
    links_.push_back(*link);
    link->start(footing_of(route));
    return *link;
}

void PrivateLinks::close_oldest() {
    auto* const oldest = resting_.front();
    resting_.erase(resting_.begin());
    oldest->close();
}

void PrivateLinks::remove(PrivateLink& link) noexcept {
    std::erase(resting_, &link);
    links_.erase_and_dispose(links_.iterator_to(link), [](PrivateLink* gone) { delete gone; });
}

// What is told may give up links, but none goes before its own handlers have run.
void PrivateLinks::stop() {
    sweeps_.stop();
    resting_.clear();
    for (auto& link : links_) link.lose(Errc::shutting_down);
}

bool PrivateLinks::sweep() {
    const auto unused_since = shared_.clock.now() - kept_unused;
    while (!resting_.empty() && resting_.front()->rests_since() < unused_since) close_oldest();
    return !resting_.empty();
}

}  // namespace nearcache::backend::redis
