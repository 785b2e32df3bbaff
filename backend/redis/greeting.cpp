#include "backend/redis/greeting.hpp"

#include <algorithm>
#include <initializer_list>

#include "backend/redis/codec.hpp"
#include "base/hash.hpp"

namespace nearcache::backend::redis {

Greeting make_greeting(const Url& url, bool asks_run_id) {
    Greeting greeting;
    const auto add = [&](std::initializer_list<std::string_view> words) {
        greeting.commands += format_command({words.begin(), words.size()});
        ++greeting.replies;
    };
    if (!url.password.empty()) {
        if (url.user.empty()) {
            add({"AUTH", url.password});
        } else {
            add({"AUTH", url.user, url.password});
        }
    }
    if (url.database != 0) add({"SELECT", std::to_string(url.database)});
    if (asks_run_id) {
        greeting.info_at = greeting.replies;
        add({"INFO", "server"});
    }
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

std::string info_field(std::string_view info, std::string_view name) {
    const auto label = "\n" + std::string(name) + ":";
    const auto found = info.find(label);
    if (found == std::string_view::npos) return {};
    const auto value = info.substr(found + label.size());
    return std::string(value.substr(0, value.find_first_of("\r\n")));
}

std::string run_id_in(std::string_view reply) {
    return reply.starts_with('$') ? info_field(reply, "run_id") : std::string();
}

std::uint64_t run_fingerprint(std::string_view run_id) noexcept {
    if (run_id.empty()) return 0;
    return std::max<std::uint64_t>(1, seeded_hash(run_id, 0));
}

}  // namespace nearcache::backend::redis
