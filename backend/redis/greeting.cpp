#include "backend/redis/greeting.hpp"

#include <initializer_list>

#include "backend/redis/codec.hpp"

namespace nearcache::backend::redis {

Greeting make_greeting(const Url& url) {
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

}  // namespace nearcache::backend::redis
