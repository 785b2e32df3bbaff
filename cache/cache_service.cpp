#include "cache/cache_service.hpp"

#include <utility>

#include <boost/asio/post.hpp>

namespace nearcache::cache {

void Forwarding::on_reply(std::string_view reply) {
    CacheService::drop(*store_, written_);
    on_forwarded(reply);
}

void Forwarding::on_failure(Errc why) {
    CacheService::drop(*store_, written_);
    on_not_forwarded(why);
}

CacheService::CacheService(net::IoThreads& threads, backend::Backend& backend, const Clock& clock,
                           const Config& config)
    : threads_(threads),
      backend_(backend),
      config_(config),
      store_(config.store),
      deck_{store_, threads, clock, config.ttl, config.negative_ttl, config.max_value_bytes} {}

CacheService::Joined CacheService::load(const Key& key, TimePoint now, LoadWaiter& waiter) {
    using Kind = store::ShardedStore::Joined::Kind;
    const auto lane = waiter.lane();
    Flight* opened = nullptr;
    auto joined = store_.join(key.text, key.hash, now, waiter, [&]() -> store::Lease& {
        opened = new Flight(deck_, {key.text, key.hash, lane, now});
        return *opened;
    });

    switch (joined.kind) {
        case Kind::leads:
            backend_.get(lane, key.text, *opened);
            return Joined::opened;
        case Kind::joined:
            return joined.owner == lane ? Joined::same_lane : Joined::another_lane;
        case Kind::hit:
        case Kind::absent:
            break;
    }
    answer_soon(waiter, std::move(joined));
    return Joined::answered_already;
}

void CacheService::answer_soon(LoadWaiter& waiter, store::ShardedStore::Joined joined) {
    LoadOutcome outcome;
    outcome.kind = joined.kind == store::ShardedStore::Joined::Kind::hit
                       ? LoadOutcome::Kind::value
                       : LoadOutcome::Kind::absent;
    outcome.entry = std::move(joined.entry);
    outcome.is_kept = true;
    boost::asio::post(threads_.lane(waiter.lane()),
                      [&waiter, told = std::move(outcome)] { waiter.on_loaded(told); });
}

void CacheService::forward(const Command& command, Written written, Forwarding& forwarding) {
    drop(store_, written);
    forwarding.store_ = &store_;
    forwarding.written_ = std::move(written);
    backend_.forward(command.lane, command.bytes, forwarding);
}

void CacheService::drop(store::ShardedStore& store, const Written& written) {
    if (written.everything) return store.invalidate_all();
    for (const auto hash : written.hashes) store.invalidate(hash);
}

}  // namespace nearcache::cache
