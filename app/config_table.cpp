#include "app/config_table.hpp"

#include <algorithm>
#include <concepts>
#include <utility>

#include "app/config_web.hpp"

namespace nearcache::app {

namespace {

using namespace std::chrono_literals;

template <class Root>
constexpr Root& reach(Root& root) {
    return root;
}
template <class Root, class First, class... Rest>
constexpr auto& reach(Root& root, First first, Rest... rest) {
    return reach(root.*first, rest...);
}

// The place in a Config that one comes to through these members.
template <auto... members>
struct At {
    using Type = std::remove_reference_t<decltype(reach(std::declval<Config&>(), members...))>;
    static Type& in(Draft& draft) { return reach(draft.config, members...); }
    static const Type& of(const Draft& draft) { return reach(draft.config, members...); }
    static void set(Draft& draft, std::uint64_t number) { in(draft) = static_cast<Type>(number); }
    static std::uint64_t number_of(const Draft& draft) { return of(draft); }

    constexpr operator Field<Type>() const { return {in, of}; }
    constexpr operator NumberField() const requires std::unsigned_integral<Type> {
        return {set, number_of};
    }
};
template <auto... members>
constexpr At<members...> at{};

// The same for what a Draft holds beside its Config.
template <auto... members>
constexpr Field<std::string> beside{
    [](Draft& draft) -> std::string& { return reach(draft, members...); },
    [](const Draft& draft) -> const std::string& { return reach(draft, members...); }};

// Names are given in the enumerators' order.
template <auto... members>
constexpr Choice choice(std::span<const std::string_view> names) {
    using Place = At<members...>;
    return {names,
            [](Draft& draft, std::size_t index) {
                Place::in(draft) = static_cast<typename Place::Type>(index);
            },
            [](const Draft& draft) { return static_cast<std::size_t>(Place::of(draft)); }};
}

constexpr std::array<std::string_view, 2> permissions{"deny", "allow"};
constexpr std::array<std::string_view, 1> policies{"lru"};
constexpr std::array<std::string_view, 3> coherence_modes{"auto", "tracking", "ttl"};
constexpr std::array<std::string_view, 4> levels{"debug", "info", "warn", "error"};
constexpr std::array<std::string_view, 2> formats{"logfmt", "json"};

constexpr std::uint64_t kib = 1024;
constexpr std::uint64_t mib = 1024 * kib;
constexpr std::uint64_t gib = 1024 * mib;
constexpr std::uint64_t tib = 1024 * gib;
constexpr std::uint64_t most_keys = std::uint64_t{1} << 40;
constexpr std::chrono::milliseconds day = 24h;

using Http = http::Config;
using Fetch = http::OriginConfig;
using Resp = resp_server::Config;
using Backend = backend::Config;
using Tracking = backend::Tracking;
using Cache = cache::Config;
using Coherence = cache::Coherence;
using Store = store::Config;

template <auto... members>
constexpr auto http_at = at<&Config::http, members...>;
template <auto member>
constexpr auto fetch_at = http_at<&Http::origin, member>;
template <auto... members>
constexpr auto resp_at = at<&Config::resp, members...>;
template <auto... members>
constexpr auto backend_at = at<&Config::backend, members...>;
template <auto... members>
constexpr auto cache_at = at<&Config::cache, members...>;
template <auto member>
constexpr auto store_at = cache_at<&Cache::store, member>;
template <auto member>
constexpr auto coherence_at = cache_at<&Cache::coherence, member>;
template <auto member>
constexpr auto tracking_at = backend_at<&Backend::tracking, member>;
template <auto member>
constexpr auto request_at = resp_at<&Resp::request, member>;

using Request = resp::RequestLimits;

constexpr auto table = std::to_array<Option>({
    {"http.listen",
     "--http-listen",
     "where HTTP is served",
     ListenAddress{http_at<&Http::listen>},
     {{{"--proxy-host", Part::host},
       {"--proxy-port", Part::port},
       {"PROXY_HOST", Part::host},
       {"PROXY_PORT", Part::port},
       {"HTTP_HOST", Part::host},
       {"HTTP_PORT", Part::port},
       {"FLASK_RUN_HOST", Part::host},
       {"FLASK_RUN_PORT", Part::port}}}},
    {"http.max_target", "--http-max-target", "longest request target; beyond it 414",
     ByteSize{http_at<&Http::max_target_bytes>, 64, 1 * mib}},
    {"http.max_header", "--http-max-header", "largest request head; beyond it 431",
     ByteSize{http_at<&Http::max_header_bytes>, 256, 16 * mib}},
    {"http.max_body", "--http-max-body", "largest value to store; beyond it 413",
     ByteSize{http_at<&Http::max_body_bytes>, 0, 4 * gib}},
    {"http.header_timeout", "--http-header-timeout", "for a request head to arrive; then 408",
     TimeSpan{http_at<&Http::header_timeout>, 1ms, day}},
    {"http.body_timeout", "--http-body-timeout", "for a request body to arrive; then 408",
     TimeSpan{http_at<&Http::body_timeout>, 1ms, day}},
    {"http.idle_timeout", "--http-idle-timeout", "between requests; then the connection closes",
     TimeSpan{http_at<&Http::idle_timeout>, 1ms, longest_life}},
    {"http.write_timeout", "--http-write-timeout",
     "for a client to take its answer; then it is cut",
     TimeSpan{http_at<&Http::write_timeout>, 1ms, day}},
    {"http.output_limit", "--http-output-limit", "unread output at which a client is read no more",
     ByteSize{http_at<&Http::output_limit_bytes>, 4 * kib, 4 * gib}},
    {"http.token", "--http-token", "what clients must show as bearer token; empty: nothing",
     FreeText{beside<&Draft::http_token, &Secret::text>, "TEXT", true}},
    {"http.token_file", "--http-token-file", "file that holds the token and nothing else",
     FreeText{beside<&Draft::http_token, &Secret::file>, "FILE"}},
    {"http.cors_origins", "--http-cors-origin", "whose pages may use this; repeatable",
     TextList{http_at<&Http::cors_origins>, read_web_origin, "ORIGIN", "origins of pages"}},
    {"http.max_json_depth", "--http-max-json-depth", "deepest nesting of a body that is JSON",
     Count{http_at<&Http::max_json_depth>, 2, 256}},
    {"http.max_pipeline", "--http-max-pipeline", "most commands of one request",
     Count{http_at<&Http::max_pipeline>, 1, 1'000'000}},

    {"resp.listen",
     "--resp-listen",
     "where RESP is served",
     ListenAddress{resp_at<&Resp::listen>},
     {{{"--tcp-host", Part::host},
       {"--tcp-port", Part::port},
       {"TCP_HOST", Part::host},
       {"TCP_PORT", Part::port}}}},
    {"resp.max_bulk", "--resp-max-bulk", "largest word of a command",
     ByteSize{request_at<&Request::max_bulk_bytes>, 1 * kib, 4 * gib}},
    {"resp.max_words", "--resp-max-words", "most words of a command",
     Count{request_at<&Request::max_words>, 1, 2'147'483'647}},
    {"resp.max_inline", "--resp-max-inline", "longest inline command",
     ByteSize{request_at<&Request::max_inline_bytes>, 64, 16 * mib}},
    {"resp.max_request", "--resp-max-request", "largest command as a whole",
     ByteSize{request_at<&Request::max_request_bytes>, 1 * kib, 16 * gib}},
    {"resp.max_pipeline", "--resp-max-pipeline",
     "unanswered commands at which a client is read no more",
     Count{resp_at<&Resp::max_pipeline>, 1, 10'000'000}},
    {"resp.request_timeout", "--resp-request-timeout",
     "for a command to arrive; then the connection closes",
     TimeSpan{resp_at<&Resp::request_timeout>, 1ms, day}},
    {"resp.idle_timeout", "--resp-idle-timeout",
     "between commands; then the connection closes; 0s: never",
     TimeSpan{resp_at<&Resp::idle_timeout>, 0ms, longest_life}},
    {"resp.write_timeout", "--resp-write-timeout", "for a client to take its reply; then it is cut",
     TimeSpan{resp_at<&Resp::write_timeout>, 1ms, day}},
    {"resp.output_limit", "--resp-output-limit", "unread output at which a client is read no more",
     ByteSize{resp_at<&Resp::output_limit_bytes>, 4 * kib, 4 * gib}},
    {"resp.admin_commands", "--resp-admin-commands", "whether commands that rule the server pass",
     choice<&Config::resp, &Resp::allows_admin_commands>(permissions)},

    {"admin.listen", "--admin-listen", "reserved: no door is opened there yet",
     ListenAddress{at<&Config::admin_listen>}},

    {"backend.url",
     "--backend",
     "what is cached: a store of its own, or a Redis",
     BackendUrl{backend_at<&Backend::url>},
     {{{"--redis-host", Part::host},
       {"--redis-port", Part::port},
       {"REDIS_ADDRESS", Part::address},
       {"REDIS_HOST", Part::host},
       {"REDIS_PORT", Part::port},
       {"REDIS_DB", Part::database}}}},
    {"backend.user",
     "--backend-user",
     "user to authenticate as; empty: the one in backend.url",
     FreeText{beside<&Draft::backend_user>, "NAME"},
     {{{"REDIS_USERNAME"}}}},
    {"backend.password",
     "--backend-password",
     "its password; empty: the one in backend.url",
     FreeText{beside<&Draft::backend_password, &Secret::text>, "TEXT", true},
     {{{"REDIS_PASSWORD"}}}},
    {"backend.password_file", "--backend-password-file",
     "file that holds the password and nothing else",
     FreeText{beside<&Draft::backend_password, &Secret::file>, "FILE"}},
    {"backend.connect_timeout", "--backend-connect-timeout",
     "to be connected, authenticated and answered",
     TimeSpan{backend_at<&Backend::connect_timeout>, 1ms, day}},
    {"backend.operation_timeout", "--backend-operation-timeout", "for a command to be answered",
     TimeSpan{backend_at<&Backend::operation_timeout>, 1ms, day}},
    {"backend.reconnect_min", "--backend-reconnect-min", "first pause before reconnecting",
     TimeSpan{backend_at<&Backend::reconnect_min>, 1ms, day}},
    {"backend.reconnect_max", "--backend-reconnect-max", "longest pause before reconnecting",
     TimeSpan{backend_at<&Backend::reconnect_max>, 1ms, day}},
    {"backend.max_private_connections", "--backend-max-private-connections",
     "most connections lent to one client alone at a time",
     Count{backend_at<&Backend::max_private_connections>, 1, 1'000'000}},

    {"cache.max_entries",
     "--cache-size",
     "most values kept; up to 4096 in exact LRU order",
     Count{store_at<&Store::max_entries>, 1, most_keys},
     {{{"CACHE_SIZE"}, {"CACHE_CAPACITY"}}}},
    {"cache.max_memory",
     "--cache-memory",
     "most bytes spent on keys, values and their upkeep",
     ByteSize{store_at<&Store::max_memory_bytes>, 1 * kib, 16 * tib},
     {{{"MAX_MEMORY"}}}},
    {"cache.max_absent_keys", "--cache-max-absent-keys", "most keys remembered as absent",
     Count{store_at<&Store::max_absent_keys>, 0, most_keys}},
    {"cache.max_value", "--cache-max-value", "largest value kept; a larger one is passed on",
     ByteSize{cache_at<&Cache::max_value_bytes>, 0, largest_value}},
    {"cache.ttl",
     "--ttl",
     "how long a value is served from memory; 0s keeps nothing",
     TimeSpan{cache_at<&Cache::ttl>, 0ms, longest_life},
     {{{"TTL"}, {"GLOBAL_CACHE_EXPIRY"}}}},
    {"cache.negative_ttl", "--cache-negative-ttl",
     "the same for the knowledge that a key is absent",
     TimeSpan{cache_at<&Cache::negative_ttl>, 0ms, longest_life}},
    {"cache.ttl_jitter", "--cache-ttl-jitter", "by how much a ttl may be cut, at random",
     Percent{cache_at<&Cache::ttl_jitter_percent>}},
    {"cache.policy",
     "--eviction-policy",
     "what goes first when the cache is full",
     choice<&Config::cache, &Cache::store, &Store::policy>(policies),
     {{{"EVICTION_POLICY"}}}},
    {"cache.write_hot_after", "--cache-write-hot-after",
     "a key is left out after so many unused values; 0: never",
     Count{store_at<&Store::write_hot_after>, 0, 255}},
    {"cache.write_hot_pause", "--cache-write-hot-pause", "for how long it is left out",
     TimeSpan{store_at<&Store::write_hot_pause>, 0ms, day}},
    {"cache.rules", "--cache-rule", "what holds for keys below a prefix; repeatable",
     RuleList{cache_at<&Cache::rules>}},

    {"coherence.mode", "--coherence", "how changes made elsewhere show",
     choice<&Config::cache, &Cache::coherence, &Coherence::mode>(coherence_modes)},
    {"coherence.max_staleness", "--max-staleness",
     "without a younger proof of the channel nothing is a hit",
     TimeSpan{coherence_at<&Coherence::max_staleness>, 100ms, 1h}},
    {"coherence.heartbeat", "--coherence-heartbeat", "between two proofs; at most a third of that",
     TimeSpan{tracking_at<&Tracking::heartbeat>, 10ms, 30min}},
    {"coherence.prefixes", "--coherence-prefix", "only such keys are kept; repeatable",
     PrefixList{coherence_at<&Coherence::prefixes>}},
    {"coherence.canary", "--coherence-canary", "write a key, and see its change come back",
     Switch{tracking_at<&Tracking::sends_canary>}},
    {"coherence.retry", "--coherence-retry", "after a refusal, until the server is asked again",
     TimeSpan{tracking_at<&Tracking::retry_after_refusal>, 100ms, day}},

    {"origin.allow", "--origin-allow", "what /?url= may fetch; repeatable",
     TextList{fetch_at<&Fetch::allow>, read_fetch_rule, "URL", "URLs"}},
    {"origin.allow_private", "--origin-allow-private", "whether also from private addresses",
     Switch{fetch_at<&Fetch::allows_private>}},
    {"origin.key_prefix", "--origin-key-prefix", "only such keys are read and written so",
     KeyPrefix{fetch_at<&Fetch::key_prefix>}},
    {"origin.ttl", "--origin-ttl", "longest that what was fetched is kept in the backend",
     TimeSpan{fetch_at<&Fetch::ttl>, 1ms, longest_life}},
    {"origin.connect_timeout", "--origin-connect-timeout", "to be resolved and connected; then 504",
     TimeSpan{fetch_at<&Fetch::connect_timeout>, 1ms, day}},
    {"origin.timeout", "--origin-timeout", "for all of a fetch; then 504",
     TimeSpan{fetch_at<&Fetch::timeout>, 1ms, day}},
    {"origin.max_header", "--origin-max-header", "largest head of an answer; beyond it 502",
     ByteSize{fetch_at<&Fetch::max_header_bytes>, 256, 16 * mib}},
    {"origin.max_fetches", "--origin-max-fetches", "fetches at work; beyond it 503",
     Count{fetch_at<&Fetch::max_fetches>, 1, 1'000'000}},
    {"origin.ca_file", "--origin-ca-file", "certificates to trust; empty: the system's",
     FreeText{fetch_at<&Fetch::ca_file>, "FILE"}},

    {"limits.max_in_flight",
     "--max-connections",
     "requests at work, hits not counted; then 503 or -ERR",
     Count{at<&Config::limits, &Limits::max_in_flight>, 1, 1'000'000},
     {{{"MAX_CONN"}, {"MAX_CLIENTS"}}}},
    {"limits.max_connections", "--max-clients", "connections open at once",
     Count{at<&Config::limits, &Limits::max_connections>, 1, 1'000'000}},

    {"log.level", "--log-level", "this and worse is logged",
     choice<&Config::log, &log::Config::level>(levels)},
    {"log.format", "--log-format", "how a line looks",
     choice<&Config::log, &log::Config::format>(formats)},

    {"threads", "--threads", "threads that serve; auto: one for each core",
     Count{at<&Config::threads>, 1, 256, "auto"}},
    {"drain_timeout", "--drain-timeout", "for requests to finish after SIGTERM; then they are cut",
     TimeSpan{at<&Config::drain_timeout>, 0ms, day}},
});

}  // namespace

std::string Option::variable() const {
    std::string name = "NEARCACHE_";
    for (const char c : path) {
        name += c == '.' ? '_' : (c >= 'a' && c <= 'z') ? static_cast<char>(c - 'a' + 'A') : c;
    }
    return name;
}

std::span<const Alias> Option::aliases() const {
    const auto end = std::ranges::find(more, std::string_view{}, &Alias::name);
    return {more.begin(), end};
}

std::string_view Option::section() const {
    const auto dot = path.find('.');
    return dot == path.npos ? std::string_view{} : path.substr(0, dot);
}

std::string_view Option::key() const {
    const auto dot = path.find('.');
    return dot == path.npos ? path : path.substr(dot + 1);
}

bool Option::is_list() const {
    return std::holds_alternative<PrefixList>(kind) || std::holds_alternative<RuleList>(kind) ||
           std::holds_alternative<TextList>(kind);
}

std::span<const Option> options() { return table; }

const Option* find_option(std::string_view path) {
    const auto found = std::ranges::find(table, path, &Option::path);
    return found == table.end() ? nullptr : &*found;
}

}  // namespace nearcache::app
