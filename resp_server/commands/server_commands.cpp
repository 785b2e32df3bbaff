#include "resp_server/commands/server_commands.hpp"

#include <array>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <boost/algorithm/string/case_conv.hpp>
#include <boost/algorithm/string/predicate.hpp>
#include <unistd.h>

#include "base/glob.hpp"
#include "resp/reply_writer.hpp"
#include "resp_server/commands/data_commands.hpp"

namespace nearcache::resp_server {

namespace {

using boost::algorithm::iequals;

void append_infos(Client& client, std::span<const std::string_view> names) {
    auto& out = client.out();
    resp::append_array(out, names.size());
    for (const auto name : names) {
        const auto* spec = find_full_name(name);
        spec == nullptr ? out.append("*-1\r\n") : append_command_info(out.text(), *spec);
    }
}

void append_all_infos(Client& client) {
    auto& out = client.out();
    resp::append_array(out, all_commands().size());
    for (const auto& spec : all_commands()) append_command_info(out.text(), spec);
}

void append_names(Client& client) {
    resp::append_array(client.out(), all_commands().size());
    for (const auto& spec : all_commands()) resp::append_bulk(client.out(), spec.name);
}

// Collects "name:value" lines of INFO, for the sections that were asked for.
class InfoText {
  public:
    explicit InfoText(const resp::Command& command) {
        for (std::size_t i = 1; i < command.words.size(); ++i) wanted_.push_back(command.words[i]);
    }

    bool begin(std::string_view section) {
        if (!wants(section)) return false;
        if (!text_.empty()) text_ += "\r\n";
        text_.append("# ").append(section).append("\r\n");
        return true;
    }

    void line(std::string_view name, std::string_view value) {
        text_.append(name).append(":").append(value).append("\r\n");
    }
    void line(std::string_view name, std::uint64_t value) { line(name, std::to_string(value)); }

    const std::string& text() const noexcept { return text_; }

  private:
    bool wants(std::string_view section) const {
        if (wanted_.empty()) return true;
        for (const auto name : wanted_) {
            if (iequals(name, section) || iequals(name, "all") || iequals(name, "everything") ||
                iequals(name, "default")) {
                return true;
            }
        }
        return false;
    }

    std::vector<std::string_view> wanted_;
    std::string text_;
};

void write_server(InfoText& info, Client& client) {
    const auto& context = client.context();
    const auto uptime =
        std::chrono::duration_cast<std::chrono::seconds>(client.now() - context.facts.started_at);
    info.line("redis_version", context.facts.redis_version);
    info.line("redis_mode", "standalone");
    info.line("nearcache_version", context.facts.version);
    info.line("nearcache_backend", context.facts.backend);
    info.line("nearcache_backend_reachable", context.cache.backend_is_reachable() ? "1" : "0");
    info.line("process_id", static_cast<std::uint64_t>(getpid()));
    info.line("run_id", context.facts.run_id);
    info.line("tcp_port", context.facts.tcp_port.load());
    info.line("io_threads", context.facts.threads);
    info.line("uptime_in_seconds", static_cast<std::uint64_t>(uptime.count()));
}

void write_clients(InfoText& info, Client& client) {
    const auto& context = client.context();
    info.line("connected_clients", context.connections.taken());
    info.line("maxclients", context.connections.slots());
    info.line("requests_in_flight", context.in_flight.taken());
    info.line("max_requests_in_flight", context.in_flight.slots());
}

void write_stats(InfoText& info, Client& client) {
    const auto& context = client.context();
    std::uint64_t commands = 0;
    std::uint64_t connections = 0;
    std::uint64_t protocol_errors = 0;
    for (const auto& lane : context.counters) {
        commands += lane.commands.load(std::memory_order_relaxed);
        connections += lane.connections.load(std::memory_order_relaxed);
        protocol_errors += lane.protocol_errors.load(std::memory_order_relaxed);
    }
    const auto cache = context.cache.stats();
    info.line("total_connections_received", connections);
    info.line("total_commands_processed", commands);
    info.line("rejected_connections", context.connections.refusals());
    info.line("rejected_requests", context.in_flight.refusals());
    info.line("protocol_errors", protocol_errors);
    info.line("keyspace_hits", cache.hits + cache.stale_hits);
    info.line("keyspace_misses", cache.misses);
    info.line("expired_keys", cache.expirations);
    info.line("evicted_keys", cache.evictions_by_entries + cache.evictions_by_memory);
}

void write_cache(InfoText& info, Client& client) {
    const auto cache = client.cache().stats();
    const auto& config = client.cache().config();
    info.line("cache_entries", cache.entries);
    info.line("cache_max_entries", config.store.max_entries);
    info.line("cache_absent_keys", cache.absent_keys);
    info.line("cache_max_absent_keys", config.store.max_absent_keys);
    info.line("cache_memory_bytes", cache.memory_bytes);
    info.line("cache_max_memory_bytes", config.store.max_memory_bytes);
    info.line("cache_ttl_ms", static_cast<std::uint64_t>(config.ttl.count()));
    info.line("cache_shards", client.cache().shard_count());
    info.line("cache_hits", cache.hits);
    info.line("cache_absent_hits", cache.absent_hits);
    info.line("cache_stale_hits", cache.stale_hits);
    info.line("cache_refreshes", client.cache().counters().refreshes);
    info.line("cache_misses", cache.misses);
    info.line("cache_inserts", cache.inserts);
    info.line("cache_evictions_by_entries", cache.evictions_by_entries);
    info.line("cache_evictions_by_memory", cache.evictions_by_memory);
    info.line("cache_expirations", cache.expirations);
    info.line("cache_invalidations", cache.invalidations);
    info.line("cache_fills_refused", cache.fills_refused_unfit);
    info.line("cache_open_leases", cache.open_leases);
}

void write_coherence(InfoText& info, Client& client) {
    using State = cache::CoherenceStatus::State;
    const auto now = client.cache().coherence();
    const auto count = [](auto time) { return static_cast<std::uint64_t>(time.count()); };
    const bool is_tracking = now.state == State::tracking;
    info.line("coherence_wanted", cache::name_of(now.wanted));
    info.line("coherence_mode", cache::name_of(now.state));
    info.line("coherence_armed", is_tracking ? "1" : "0");
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

    const auto cache = client.cache().stats();
    info.line("coherence_leases_voided", cache.leases_voided);
    info.line("coherence_fills_refused_void", cache.fills_refused_void);
    info.line("coherence_fills_refused_epoch", cache.fills_refused_epoch);
    info.line("coherence_fills_refused_server", client.cache().counters().fills_from_elsewhere);
    info.line("coherence_fills_refused_write_hot", cache.fills_refused_write_hot);
    info.line("coherence_dropped_by_write", cache.dropped_by_write);
    info.line("coherence_dropped_by_invalidation", cache.dropped_by_invalidation);
    info.line("coherence_dropped_by_flush", cache.dropped_by_flush);
    info.line("coherence_dropped_by_epoch", cache.dropped_by_epoch);
}

}  // namespace

Execution command_command(Client& client, const CommandSpec& spec, const resp::Command& command) {
    const std::span<const std::string_view> words(command.words.data(), command.words.size());
    if (words.size() == 1) {
        append_all_infos(client);
        return Execution::done;
    }
    const auto subcommand = words[1];
    if (iequals(subcommand, "COUNT")) {
        resp::append_integer(client.out(), static_cast<std::int64_t>(all_commands().size()));
    } else if (iequals(subcommand, "INFO")) {
        words.size() == 2 ? append_all_infos(client) : append_infos(client, words.subspan(2));
    } else if (iequals(subcommand, "LIST") && words.size() == 2) {
        append_names(client);
    } else {
        return forward(client, spec, command);
    }
    return Execution::done;
}

void config_get(Client& client, const resp::Command& command) {
    const auto& cache = client.cache().config();
    const std::array<std::pair<std::string_view, std::string>, 8> settings{{
        {"appendonly", "no"},
        {"databases", "1"},
        {"maxclients", std::to_string(client.context().connections.slots())},
        {"maxmemory", std::to_string(cache.store.max_memory_bytes)},
        {"maxmemory-policy", "allkeys-lru"},
        {"proto-max-bulk-len", std::to_string(client.context().config.request.max_bulk_bytes)},
        {"save", ""},
        {"timeout", std::to_string(std::chrono::duration_cast<std::chrono::seconds>(
                                       client.context().config.idle_timeout)
                                       .count())},
    }};
    std::vector<const std::pair<std::string_view, std::string>*> found;
    for (const auto& setting : settings) {
        for (std::size_t i = 2; i < command.words.size(); ++i) {
            const auto pattern = boost::algorithm::to_lower_copy(std::string(command.words[i]));
            if (!matches_glob(pattern, setting.first)) continue;
            found.push_back(&setting);
            break;
        }
    }
    resp::append_array(client.out(), found.size() * 2);
    for (const auto* setting : found) {
        resp::append_bulk(client.out(), setting->first);
        resp::append_bulk(client.out(), setting->second);
    }
}

void info(Client& client, const resp::Command& command) {
    using Section = std::pair<std::string_view, void (*)(InfoText&, Client&)>;
    constexpr std::array<Section, 5> sections{{{"Server", write_server},
                                               {"Clients", write_clients},
                                               {"Stats", write_stats},
                                               {"Cache", write_cache},
                                               {"Coherence", write_coherence}}};
    InfoText text(command);
    for (const auto& [name, write] : sections) {
        if (text.begin(name)) write(text, client);
    }
    resp::append_bulk(client.out(), text.text());
}

}  // namespace nearcache::resp_server
