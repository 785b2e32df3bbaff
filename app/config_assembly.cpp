#include "app/config_assembly.hpp"

#include <algorithm>
#include <system_error>
#include <variant>

#include "app/config_scalars.hpp"
#include "app/config_text.hpp"
#include "app/config_values.hpp"
#include "base/duration.hpp"

namespace nearcache::app {

namespace {

constexpr std::size_t longest_secret = 64 * 1024;

[[noreturn]] void fail(const std::string& speaker, const std::string& what) {
    throw ConfigError("nearcache: " + on_one_line(speaker + ": " + what));
}

bool is_v6(const std::string& host) { return host.find(':') != std::string::npos; }

// Whether two listeners on one port would certainly stand in each other's way. Names are not
// resolved, and whether "::" takes IPv4 too is the system's choice: the bind itself then tells.
bool overlap(const std::string& one, const std::string& other) {
    const auto covers = [](const std::string& wide, const std::string& host) {
        if (wide.empty()) return true;
        if (wide == "0.0.0.0") return !is_v6(host);
        if (wide == "::") return is_v6(host);
        return wide == "localhost" && (host == "127.0.0.1" || host == "::1");
    };
    return one == other || covers(one, other) || covers(other, one);
}

}  // namespace

const Assembly::SecretSetting Assembly::backend_password{
    "backend.password", "backend.password_file", &Draft::backend_password};
const Assembly::SecretSetting Assembly::http_token{"http.token", "http.token_file",
                                                   &Draft::http_token};

void Assembly::apply(const Setting& setting) {
    // A list replaces that of a weaker source, and grows by what its own source goes on to say.
    const auto& past = history(setting.option->path);
    if (setting.option->is_list() && past.level != setting.level) {
        clear_list(*setting.option, draft_);
    }
    // Host and port of Redis begin a new URL over a backend that is not Redis.
    const bool begins_anew = setting.part == Part::whole || setting.option->is_list() ||
                             (std::holds_alternative<BackendUrl>(setting.option->kind) &&
                              draft_.config.backend.url.scheme != backend::Url::Scheme::redis);
    const auto wrong = set_value(*setting.option, setting.part, setting.text, draft_);
    if (wrong) fail(setting.speaker, *wrong);
    remember(setting, begins_anew);
}

void Assembly::remember(const Setting& setting, bool begins_anew) {
    auto& past = histories_[setting.option->path];
    past.level = setting.level;
    past.speaker = setting.speaker;
    if (begins_anew) past.mentions.clear();
    std::erase_if(past.mentions, [&](const Mention& mention) {
        const bool is_half = mention.part == Part::host || mention.part == Part::port;
        return mention.part == setting.part || (setting.part == Part::address && is_half);
    });
    past.mentions.push_back({setting.part, setting.origin});

    // An address whose host and port were both set anew has nothing left of the whole.
    const auto mentions = [&](Part part) {
        return std::ranges::find(past.mentions, part, &Mention::part) != past.mentions.end();
    };
    if (std::holds_alternative<ListenAddress>(setting.option->kind) && mentions(Part::host) &&
        mentions(Part::port)) {
        std::erase_if(past.mentions, [](const Mention& m) { return m.part == Part::whole; });
    }
}

void Assembly::finish() {
    settle(backend_password);
    settle(http_token);
    join_credentials();
    share_coherence();
    check_reconnection();
    check_heartbeat();
    check_listeners();
}

// The text and the file of a secret are one setting said in two ways: the stronger source stands.
void Assembly::settle(const SecretSetting& setting) {
    auto& secret = draft_.*setting.place;
    if (secret.text.empty() || secret.file.empty()) return;
    const auto& text = history(setting.text_path);
    const auto& file = history(setting.file_path);
    if (text.level == file.level) {
        fail(file.speaker, std::string(setting.text_path) + " is set too (" +
                               text.mentions.front().origin + "); give one of them");
    }
    // forget() ends the life of what these references name: one decision, then one call.
    if (text.level < file.level) return forget(setting.text_path, secret.text);
    forget(setting.file_path, secret.file);
}

void Assembly::forget(std::string_view path, std::string& value) {
    value.clear();
    histories_.erase(path);
}

std::string Assembly::read_secret(const SecretSetting& setting) const {
    const auto& secret = draft_.*setting.place;
    if (secret.file.empty()) return secret.text;
    const auto& speaker = history(setting.file_path).speaker;
    std::string content;
    try {
        content = read_file(secret.file, longest_secret);
    } catch (const std::system_error& error) {
        fail(speaker, "cannot read " + secret.file + ": " + error.code().message());
    }
    // Editors and echo end a file with a line end that belongs to no secret.
    if (content.ends_with('\n')) content.pop_back();
    if (content.ends_with('\r')) content.pop_back();
    if (content.empty()) fail(speaker, secret.file + " is empty");
    return content;
}

void Assembly::join_credentials() {
    auto& url = draft_.config.backend.url;
    if (!draft_.backend_user.empty()) url.user = draft_.backend_user;
    auto password = read_secret(backend_password);
    if (!password.empty()) url.password = std::move(password);
    draft_.config.http.token = read_secret(http_token);
    check_token();
}

// What no client could show would keep everybody out: a blank ends a token (RFC 6750, 2.1).
void Assembly::check_token() const {
    const auto& token = draft_.config.http.token;
    const auto is_visible = [](char c) { return c > ' ' && c < '\x7f'; };
    if (std::ranges::all_of(token, is_visible)) return;
    const bool is_from_file = !draft_.http_token.file.empty();
    fail(history(is_from_file ? http_token.file_path : http_token.text_path).speaker,
         "a token has visible ASCII characters only, and no blanks");
}

// What the cache and the backend both have to know is said in one place.
void Assembly::share_coherence() {
    const auto& coherence = draft_.config.cache.coherence;
    auto& tracking = draft_.config.backend.tracking;
    tracking.is_wanted = coherence.mode != cache::Coherence::Mode::ttl;
    tracking.max_staleness = coherence.max_staleness;
    tracking.prefixes = coherence.prefixes;
    // Who asks for less staleness and says no more need not know of heartbeats.
    constexpr int usual_share = 6;
    const bool is_left_to_us = history("coherence.heartbeat").mentions.empty();
    if (is_left_to_us) {
        tracking.heartbeat = std::min(tracking.heartbeat, coherence.max_staleness / usual_share);
    }
}

void Assembly::check_reconnection() const {
    const auto& backend = draft_.config.backend;
    if (backend.reconnect_min <= backend.reconnect_max) return;
    fail_as_last("backend.reconnect_min", "backend.reconnect_max",
                 "backend.reconnect_min " + format_duration(backend.reconnect_min) +
                     " is longer than backend.reconnect_max " +
                     format_duration(backend.reconnect_max));
}

// A proof is a heartbeat old when it comes, and the next comes a heartbeat and a round trip later:
// with only two of them in it the longest staleness would be over just before every pong.
void Assembly::check_heartbeat() const {
    const auto& tracking = draft_.config.backend.tracking;
    if (tracking.heartbeat * 3 <= tracking.max_staleness) return;
    fail_as_last("coherence.heartbeat", "coherence.max_staleness",
                 "coherence.heartbeat " + format_duration(tracking.heartbeat) +
                     " is longer than a third of coherence.max_staleness " +
                     format_duration(tracking.max_staleness));
}

// The one that was set last speaks: the other may be a default that nobody thought of.
void Assembly::fail_as_last(std::string_view one, std::string_view other,
                            const std::string& wrong) const {
    const bool other_speaks = history(one).level < history(other).level;
    fail(history(other_speaks ? other : one).speaker, wrong);
}

void Assembly::check_listeners() const {
    const auto& http = *find_option("http.listen");
    const auto& resp = *find_option("resp.listen");
    const auto& admin = *find_option("admin.listen");
    check_pair(http, resp);
    // No door is opened there yet: its default must not keep anybody from having the port.
    if (history(admin.path).mentions.empty()) return;
    check_pair(http, admin);
    check_pair(resp, admin);
}

void Assembly::check_pair(const Option& one, const Option& other) const {
    const auto endpoint = [&](const Option& option) -> const Endpoint& {
        return std::get<ListenAddress>(option.kind).field.of(draft_);
    };
    const auto& here = endpoint(one);
    const auto& there = endpoint(other);
    if (here.port != there.port || here.port == 0 || !overlap(here.host, there.host)) return;

    const bool other_speaks = history(one.path).level < history(other.path).level;
    const auto& speaker = other_speaks ? other : one;
    const auto& rest = other_speaks ? one : other;
    fail_as_last(one.path, other.path,
                 std::string(speaker.path) + " " + to_text(endpoint(speaker)) + " collides with " +
                     std::string(rest.path) + " " + to_text(endpoint(rest)) + " (" + source(rest) +
                     "); give each a port of its own, or 0");
}

const Assembly::History& Assembly::history(std::string_view path) const {
    static const History never_set;
    const auto found = histories_.find(path);
    return found == histories_.end() ? never_set : found->second;
}

std::string Assembly::source(const Option& option) const {
    std::string sources;
    for (const auto& mention : history(option.path).mentions) {
        sources.append(sources.empty() ? "" : ", ").append(mention.origin);
    }
    return sources.empty() ? "default" : sources;
}

std::vector<Origin> Assembly::origins() const {
    std::vector<Origin> origins;
    for (const auto& option : options()) {
        auto elements = list_elements(option, draft_);
        auto value = option.is_list() ? std::string(elements.empty() ? "[]" : "")
                                      : as_yaml_scalar(show_value(option, draft_));
        origins.push_back({.path = std::string(option.path),
                           .value = std::move(value),
                           .elements = std::move(elements),
                           .source = source(option)});
    }
    return origins;
}

}  // namespace nearcache::app
