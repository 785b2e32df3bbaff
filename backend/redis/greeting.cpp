#include "backend/redis/greeting.hpp"

#include <algorithm>
#include <initializer_list>

#include "backend/redis/codec.hpp"
#include "base/hash.hpp"

namespace nearcache::backend::redis {

namespace {

// Who has no name has Redis's own for such.
std::string_view user_in(const Url& url) noexcept {
    return url.user.empty() ? std::string_view("default") : url.user;
}

}  // namespace

Footing home_footing(const Config& config) {
    return {.database = config.url.database, .asks_run_id = config.tracking.is_wanted};
}

Greeting make_greeting(const Url& url, const Footing& footing) {
    Greeting greeting;
    const auto add = [&](std::initializer_list<std::string_view> words) {
        greeting.commands += format_command({words.begin(), words.size()});
        return greeting.replies++;
    };
    const bool has_secret = !url.password.empty();
    if (footing.dialect == resp::Dialect::resp3) {
        greeting.hello_at = has_secret ? add({"HELLO", "3", "AUTH", user_in(url), url.password})
                                       : add({"HELLO", "3"});
    } else if (has_secret && url.user.empty()) {
        // A Redis before 6 knows no users.
        add({"AUTH", url.password});
    } else if (has_secret) {
        add({"AUTH", url.user, url.password});
    }
    if (footing.database != 0) add({"SELECT", std::to_string(footing.database)});
    if (footing.asks_run_id) greeting.info_at = add({"INFO", "server"});
    if (footing.asks_id) greeting.id_at = add({"CLIENT", "ID"});
    add({"PING"});
    return greeting;
}

std::optional<std::string> refusal_in(std::string_view reply) {
    const auto value = decode(reply);
    if (value && (value->is_simple("OK") || value->is_simple("PONG"))) return std::nullopt;
    if (!value || value->kind != resp::Value::Kind::error) {
        return "unexpected answer to the greeting";
    }
    // A Redis that cannot save to its disk refuses writes, and PING so that everyone notices. Reads
    // it serves, and a write gets this very answer from it.
    if (value->text.starts_with("MISCONF")) return std::nullopt;
    return value->text;
}

std::optional<std::string> refusal_in_hello(std::string_view reply) {
    // A map, in the new dialect already.
    if (reply.starts_with('%')) return std::nullopt;
    return refusal_in(reply);
}

std::string info_field(std::string_view info, std::string_view name) {
    const auto label = "\n" + std::string(name) + ":";
    const auto found = info.find(label);
    if (found == std::string_view::npos) return {};
    const auto value = info.substr(found + label.size());
    return std::string(value.substr(0, value.find_first_of("\r\n")));
}

std::string run_id_in(std::string_view reply) {
    const bool is_text = reply.starts_with('$') || reply.starts_with('=');
    return is_text ? info_field(reply, "run_id") : std::string();
}

std::uint64_t run_fingerprint(std::string_view run_id) noexcept {
    if (run_id.empty()) return 0;
    return std::max<std::uint64_t>(1, seeded_hash(run_id, 0));
}

}  // namespace nearcache::backend::redis
