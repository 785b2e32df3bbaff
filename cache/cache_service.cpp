#include "cache/cache_service.hpp"

#include <algorithm>
#include <utility>

#include <boost/asio/post.hpp>

#include "cache/joint_question.hpp"

namespace nearcache::cache {

namespace {

using std::chrono::milliseconds;

// What the store has to know of the rules, and of how old an answer may get.
store::Config completed(const Config& config, const Rules& rules) {
    auto completed = config.store;
    completed.retentions = rules.retentions();
    if (config.coherence.mode != Coherence::Mode::ttl) {
        completed.max_join_age = config.coherence.max_staleness;
    }
    return completed;
}

// Beyond it an age is no demand: it keeps sums of times within their range.
constexpr milliseconds oldest_age = std::chrono::years(100);

bool wants_min_fresh(const Directives& directives) {
    return directives.min_fresh.value_or(milliseconds(0)) > milliseconds(0);
}

// Neither an entry nor a flight from before then will do. What is held was not fresh for long
// enough: it must not come back as what arrived in the meantime.
TimePoint oldest_of(const Directives& directives, TimePoint now) {
    if (directives.no_cache || wants_min_fresh(directives)) return now;
    if (!directives.max_age) return TimePoint::min();
    return now - std::min(*directives.max_age, oldest_age);
}

}  // namespace

void Forwarding::on_reply(const net::Slice& reply) {
    service_->drop(written_);
    on_forwarded(reply);
}

void Forwarding::on_failure(Errc why) {
    service_->drop(written_);
    on_not_forwarded(why);
}

void ConditionalForwarding::Relay::on_reply(const net::Slice& reply) { told_.on_reply(reply); }

void ConditionalForwarding::Relay::on_failure(Errc why) { told_.on_failure(why); }

// What is cached may be what misled the client.
void ConditionalForwarding::Relay::on_condition_failed() {
    told_.service_->drop(told_.written_);
    told_.on_condition_failed();
}

CacheService::CacheService(net::IoThreads& threads, backend::Backend& backend, const Clock& clock,
                           const Config& config)
    : threads_(threads),
      backend_(backend),
      clock_(clock),
      config_(config),
      rules_(config),
      databases_(backend.home_database()),
      store_(completed(config, rules_)),
      invalidator_({store_, databases_, clock}, config.coherence),
      deck_{store_, threads, backend, clock, rules_, invalidator_} {
    invalidator_.begin(backend.changes_only_here());
}

void CacheService::start() { backend_.start(invalidator_); }

store::Demand CacheService::demand_of(const Directives& directives) noexcept {
    return {.max_age = directives.max_age.value_or(milliseconds::max()),
            .min_fresh = directives.min_fresh.value_or(milliseconds(0)),
            .max_stale = directives.max_stale.value_or(milliseconds(0))};
}

CacheService::Joined CacheService::load(const Key& key, TimePoint now, const Directives& directives,
                                        LoadWaiter& waiter) {
    // With max_stale, find() has given whatever the request puts up with.
    waiter.takes_stale_ = !directives.no_cache && !directives.max_age && !directives.min_fresh &&
                          !directives.max_stale;
    auto [joined, opened] = Flight::board(deck_, {key.text, key.hash, waiter.route(), now},
                                          {.waiter = &waiter,
                                           .oldest = oldest_of(directives, now),
                                           .is_listed = !directives.no_store});
    if (opened != nullptr) opened->ask();
    return end_join(std::move(joined), waiter);
}

void CacheService::load_many(const Route& route, TimePoint now, std::span<Wanted> wanted) {
    if (wanted.size() == 1) {
        auto& [key, waiter, how] = wanted.front();
        how = load(key, now, waiter);
        return;
    }
    auto question = std::make_unique<JointQuestion>();
    for (auto& [key, waiter, how] : wanted) {
        waiter.takes_nil_ = true;
        auto [joined, opened] =
            Flight::board(deck_, {key.text, key.hash, route, now, true}, {.waiter = &waiter});
        if (opened != nullptr) question->add(*opened);
        how = end_join(std::move(joined), waiter);
    }
    JointQuestion::send(std::move(question), backend_, route);
}

CacheService::Joined CacheService::end_join(store::Joined joined, LoadWaiter& waiter) {
    using Kind = store::Joined::Kind;
    switch (joined.kind) {
        case Kind::leads:
            return Joined::opened;
        case Kind::joined:
            return joined.owner == Flight::owner_of(waiter.route()) ? Joined::same_route
                                                                    : Joined::another_route;
        case Kind::hit:
        case Kind::absent:
            break;
    }
    boost::asio::post(threads_.lane(waiter.lane()),
                      [&waiter, told = outcome_of(std::move(joined))] { waiter.on_loaded(told); });
    return Joined::answered_already;
}

void CacheService::refresh(const Key& key, TimePoint now, const Route& route) {
    const auto [joined, opened] =
        Flight::board(deck_, {key.text, key.hash, route, now}, {.waiter = nullptr});
    if (opened == nullptr) return;
    refreshes_.fetch_add(1, std::memory_order_relaxed);
    opened->ask();
}

void CacheService::forward(const Command& command, Written written, Forwarding& forwarding) {
    drop(written);
    forwarding.service_ = this;
    forwarding.written_ = std::move(written);
    backend_.forward(command.route, command.bytes, forwarding);
}

void CacheService::forward_if(const Command& command, Condition condition, Written written,
                              ConditionalForwarding& forwarding) {
    drop(written);
    forwarding.service_ = this;
    forwarding.written_ = std::move(written);
    backend_.forward_if(command.route, std::move(condition), command.bytes, forwarding.relay_);
}

void CacheService::try_select(const Route& route, std::string_view database,
                              Forwarding& forwarding) {
    forwarding.service_ = this;
    forwarding.written_ = {};
    backend_.try_select(route, database, forwarding);
}

void CacheService::drop(const Written& written) {
    if (written.nothing()) return;
    if (written.everything) return store_.invalidate_all(store::Cause::write);
    const auto now = clock_.now();
    for (const auto hash : written.hashes) store_.invalidate(hash, store::Cause::write, now);
}

Explanation CacheService::explain(const Key& key, TimePoint now) const {
    return cache::explain({.key = key.text,
                           .found = store_.inspect(key.text, key.hash, now),
                           .coherence = invalidator_.status(),
                           .rules = rules_,
                           .is_reachable = backend_.is_reachable()});
}

ServiceCounters CacheService::counters() const noexcept {
    return {.refreshes = refreshes_.load(std::memory_order_relaxed),
            .fills_from_elsewhere = deck_.fills_from_elsewhere.load(std::memory_order_relaxed)};
}

}  // namespace nearcache::cache
