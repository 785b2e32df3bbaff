#include "resp_server/info_text.hpp"

#include <chrono>

#include <boost/algorithm/string/predicate.hpp>
#include <unistd.h>

#include "resp_server/client.hpp"

namespace nearcache::resp_server {

namespace {

using boost::algorithm::iequals;

std::uint64_t uptime_in_seconds(const Context& context) {
    const auto uptime = std::chrono::duration_cast<std::chrono::seconds>(context.clock.now() -
                                                                         context.facts.started_at);
    return static_cast<std::uint64_t>(uptime.count());
}

std::uint64_t process_id() { return static_cast<std::uint64_t>(getpid()); }

std::string_view yes_or_no(bool is_so) noexcept { return is_so ? "1" : "0"; }

void write_server(InfoText& info, const Context& context) {
    const auto& facts = context.facts;
    info.begin("Server");
    info.line("redis_version", facts.redis_version);
    info.line("redis_mode", "standalone");
    info.line("process_id", process_id());
    info.line("run_id", facts.run_id);
    info.line("tcp_port", facts.tcp_port.load());
    info.line("uptime_in_seconds", uptime_in_seconds(context));
}

void write_nearcache(InfoText& info, const Context& context) {
    const auto& facts = context.facts;
    info.begin("Nearcache");
    info.line("nearcache_version", facts.version);
    info.line("nearcache_process_id", process_id());
    info.line("nearcache_run_id", facts.run_id);
    info.line("nearcache_tcp_port", facts.tcp_port.load());
    info.line("nearcache_io_threads", facts.threads);
    info.line("nearcache_uptime_in_seconds", uptime_in_seconds(context));
    info.line("nearcache_backend", facts.backend);
    info.line("nearcache_backend_reachable", yes_or_no(context.cache.backend_is_reachable()));
    info.line("nearcache_own_backend_connections", context.cache.lent_connections());
    info.line("nearcache_max_own_backend_connections", facts.most_own_connections);
    info.line("nearcache_connected_clients", context.connections.taken());
    info.line("nearcache_max_clients", context.connections.slots());
    info.line("nearcache_requests_in_flight", context.in_flight.taken());
    info.line("nearcache_max_requests_in_flight", context.in_flight.slots());
}

void write_totals(InfoText& info, const Context& context) {
    std::uint64_t commands = 0;
    std::uint64_t connections = 0;
    std::uint64_t protocol_errors = 0;
    for (const auto& lane : context.counters) {
        commands += lane.commands.load(std::memory_order_relaxed);
        connections += lane.connections.load(std::memory_order_relaxed);
        protocol_errors += lane.protocol_errors.load(std::memory_order_relaxed);
    }
    info.line("nearcache_total_connections_received", connections);
    info.line("nearcache_total_commands_processed", commands);
    info.line("nearcache_rejected_connections", context.connections.refusals());
    info.line("nearcache_rejected_requests", context.in_flight.refusals());
    info.line("nearcache_protocol_errors", protocol_errors);
}

void write_cache(InfoText& info, const cache::CacheService& service) {
    const auto cache = service.stats();
    const auto& config = service.config();
    info.begin("Cache");
    info.line("cache_entries", cache.entries);
    info.line("cache_max_entries", config.store.max_entries);
    info.line("cache_absent_keys", cache.absent_keys);
    info.line("cache_max_absent_keys", config.store.max_absent_keys);
    info.line("cache_memory_bytes", cache.memory_bytes);
    info.line("cache_max_memory_bytes", config.store.max_memory_bytes);
    info.line("cache_ttl_ms", static_cast<std::uint64_t>(config.ttl.count()));
    info.line("cache_shards", service.shard_count());
    info.line("cache_hits", cache.hits);
    info.line("cache_absent_hits", cache.absent_hits);
    info.line("cache_stale_hits", cache.stale_hits);
    info.line("cache_refreshes", service.counters().refreshes);
    info.line("cache_misses", cache.misses);
    info.line("cache_inserts", cache.inserts);
    info.line("cache_evictions_by_entries", cache.evictions_by_entries);
    info.line("cache_evictions_by_memory", cache.evictions_by_memory);
    info.line("cache_expirations", cache.expirations);
    info.line("cache_invalidations", cache.invalidations);
    info.line("cache_fills_refused", cache.fills_refused_unfit);
    info.line("cache_open_leases", cache.open_leases);
}

void write_channel(InfoText& info, const cache::CoherenceStatus& now) {
    using State = cache::CoherenceStatus::State;
    const auto count = [](auto time) { return static_cast<std::uint64_t>(time.count()); };
    const bool is_tracking = now.state == State::tracking;
    info.line("coherence_wanted", cache::name_of(now.wanted));
    info.line("coherence_mode", cache::name_of(now.state));
    info.line("coherence_armed", yes_or_no(is_tracking));
    info.line("coherence_why", now.why);
    info.line("coherence_epoch", now.epoch);
    info.line("coherence_proof", !is_tracking           ? "none"
                                 : now.is_canary_proven ? "canary"
                                                        : "handshake");
    info.line("coherence_run_id", now.run_id);
    info.line("coherence_last_pong_age_ms", count(now.proof_age));
    info.line("coherence_round_trip_us", count(now.round_trip));
    info.line("coherence_max_staleness_ms", count(now.max_staleness));
    info.line("coherence_invalidated_keys", now.invalidated_keys);
    info.line("coherence_flushes", now.flushes);
    info.line("coherence_forged_messages", now.forged_messages);
    info.line("coherence_losses", now.losses);
    info.line("coherence_refusals", now.refusals);
}

void write_coherence(InfoText& info, const cache::CacheService& service) {
    info.begin("Coherence");
    write_channel(info, service.coherence());
    const auto cache = service.stats();
    info.line("coherence_leases_voided", cache.leases_voided);
    info.line("coherence_fills_refused_void", cache.fills_refused_void);
    info.line("coherence_fills_refused_epoch", cache.fills_refused_epoch);
    info.line("coherence_fills_refused_server", service.counters().fills_from_elsewhere);
    info.line("coherence_fills_refused_write_hot", cache.fills_refused_write_hot);
    info.line("coherence_dropped_by_write", cache.dropped_by_write);
    info.line("coherence_dropped_by_invalidation", cache.dropped_by_invalidation);
    info.line("coherence_dropped_by_flush", cache.dropped_by_flush);
    info.line("coherence_dropped_by_epoch", cache.dropped_by_epoch);
}

void write_ours(InfoText& info, Context& context, const InfoWish& wish) {
    if (wish.everything || wish.nearcache) {
        write_nearcache(info, context);
        write_totals(info, context);
    }
    if (wish.everything || wish.cache) write_cache(info, context.cache);
    if (wish.everything || wish.coherence) write_coherence(info, context.cache);
}

}  // namespace

InfoWish InfoWish::of(std::span<const std::string_view> words) noexcept {
    InfoWish wish{.everything = words.empty(), .backend = words.empty()};
    for (const auto word : words) {
        if (iequals(word, "nearcache")) {
            wish.nearcache = true;
        } else if (iequals(word, "cache")) {
            wish.cache = true;
        } else if (iequals(word, "coherence")) {
            wish.coherence = true;
        } else {
            wish.backend = true;
            wish.server = wish.server || iequals(word, "server");
            wish.everything = wish.everything || iequals(word, "all") ||
                              iequals(word, "everything") || iequals(word, "default");
        }
    }
    return wish;
}

void InfoText::begin(std::string_view section) {
    if (!text_.empty()) text_ += "\r\n";
    text_.append("# ").append(section).append("\r\n");
}

void InfoText::line(std::string_view name, std::string_view value) {
    text_.append(name).append(":").append(value).append("\r\n");
}

void InfoText::line(std::string_view name, std::uint64_t value) {
    line(name, std::to_string(value));
}

std::string our_info(Context& context, const InfoWish& wish) {
    InfoText info;
    write_ours(info, context, wish);
    return info.take();
}

std::string whole_info(Context& context, const InfoWish& wish) {
    InfoText info;
    if (wish.everything || wish.server) write_server(info, context);
    write_ours(info, context, wish);
    return info.take();
}

}  // namespace nearcache::resp_server
