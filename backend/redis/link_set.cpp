#include "backend/redis/link_set.hpp"

#include <algorithm>
#include <utility>

namespace nearcache::backend::redis {

LinkSet::LinkSet(const Context& shared, net::LaneId lane)
    : shared_(shared),
      lane_(lane),
      home_(shared, {.lane = lane, .footing = home_footing(shared.config), .is_home = true}),
      sweeps_(shared.threads.lane(lane), [this] { return sweep(); }) {}

void LinkSet::stop() {
    sweeps_.stop();
    home_.stop();
    for (auto& link : others_) link->stop();
}

Link* LinkSet::find_other(std::uint32_t database, resp::Dialect dialect) {
    const auto found = std::ranges::find_if(
        others_, [&](const auto& link) { return link->footing().serves(database, dialect); });
    if (found != others_.end()) return found->get();
    return open(database, dialect);
}

Link* LinkSet::open(std::uint32_t database, resp::Dialect dialect) {
    // Whoever still asks is told by a link that knows that all is over.
    if (sweeps_.is_stopped()) return &home_;
    if (others_.size() >= most_others && !make_room()) return nullptr;
    auto footing = home_.footing();
    footing.database = database;
    footing.dialect = dialect;
    const Link::Purpose purpose{.lane = lane_, .footing = footing, .is_home = false};
    others_.push_back(std::make_unique<Link>(shared_, purpose));
    others_.back()->start();
    sweeps_.start();
    return others_.back().get();
}

// Links on which somebody waits stay, whatever their age.
bool LinkSet::make_room() {
    constexpr auto none = static_cast<std::size_t>(-1);
    std::size_t oldest = none;
    for (std::size_t i = 0; i < others_.size(); ++i) {
        if (!others_[i]->is_idle()) continue;
        if (oldest == none || others_[i]->used_at() < others_[oldest]->used_at()) oldest = i;
    }
    if (oldest != none) retire(oldest);
    return oldest != none;
}

// What it has under way ends by itself; until then it must stay.
void LinkSet::retire(std::size_t index) {
    auto link = std::exchange(others_[index], std::move(others_.back()));
    others_.pop_back();
    link->stop();
    retired_.push_back(std::move(link));
}

bool LinkSet::sweep() {
    std::erase_if(retired_, [](const auto& link) { return link->has_ended(); });
    const auto unused_since = shared_.clock.now() - kept_unused;
    for (std::size_t i = others_.size(); i-- > 0;) {
        if (others_[i]->is_idle() && others_[i]->used_at() < unused_since) retire(i);
    }
    return !others_.empty() || !retired_.empty();
}

}  // namespace nearcache::backend::redis
