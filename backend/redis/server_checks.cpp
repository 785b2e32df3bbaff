#include "backend/redis/server_checks.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <sstream>
#include <string>
#include <string_view>

#include "backend/redis/arming.hpp"
#include "backend/redis/greeting.hpp"

namespace nearcache::backend::redis {

namespace {

using Grade = Finding::Grade;
using Kind = resp::Value::Kind;

// Each of our threads has a connection, and so has everybody else.
constexpr std::uint64_t few_clients = 100;
// A message names all keys of one round of Redis's event loop; more than this it must hold back
// when we are slow for a moment.
constexpr std::uint64_t small_buffer_bytes = 1024u * 1024;

std::string refusal(const Answer& answer) {
    if (!answer) return "what is answered is not RESP2";
    return answer->kind == Kind::error ? answer->text : "answered otherwise than Redis does";
}

bool is_info(const Answer& answer) { return answer && answer->kind == Kind::bulk; }

// The value in an answer to CONFIG GET of one setting.
std::string_view setting_in(const Answer& answer) {
    if (!answer || answer->kind != Kind::array || answer->elements.size() < 2) return {};
    return answer->elements[1].text;
}

std::optional<std::uint64_t> read_number(std::string_view text) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return number;
}

// The hard limit of a class in "normal 0 0 0 replica 268435456 67108864 60 pubsub 33554432 ...".
std::optional<std::uint64_t> hard_limit(std::string_view limits, std::string_view client_class) {
    std::istringstream words{std::string(limits)};
    for (std::string word; words >> word;) {
        if (word == client_class && words >> word) return read_number(word);
    }
    return std::nullopt;
}

}  // namespace

Finding check_user(const Answer& acl_whoami) {
    if (acl_whoami && acl_whoami->kind == Kind::bulk) {
        return {Grade::ok, "authenticated as", acl_whoami->text, {}};
    }
    return {Grade::skipped, "authenticated as", refusal(acl_whoami), {}};
}

Finding check_version(const Answer& info) {
    if (!is_info(info)) {
        return {Grade::warning, "server", refusal(info),
                "Without INFO nearcache cannot tell whether all its connections reach the same "
                "server. Allow it with: ACL SETUSER <user> +info"};
    }
    auto run_id = info_field(info->text, "run_id");
    auto version = info_field(info->text, "redis_version");
    if (run_id.empty()) {
        return {Grade::warning, "server", "version " + version + ", no run_id",
                "Without a run_id nearcache cannot tell whether all its connections reach the same "
                "server."};
    }
    return {Grade::ok, "server", "version " + version + ", run_id " + run_id, {}};
}

Finding check_role(const Answer& info) {
    if (!is_info(info)) return {Grade::skipped, "role", refusal(info), {}};
    const auto role = info_field(info->text, "role");
    if (role == "master") return {Grade::ok, "role", "primary", {}};
    if (role != "slave") return {Grade::skipped, "role", "not told", {}};
    auto found = "replica of " + info_field(info->text, "master_host") + ":" +
                 info_field(info->text, "master_port") + ", link " +
                 info_field(info->text, "master_link_status");
    return {Grade::warning, "role", std::move(found),
            "Changes show here when the replica has them, and writes are refused. Give nearcache "
            "the primary unless that is what you want."};
}

Finding check_cluster(const Answer& info) {
    if (!is_info(info)) return {Grade::skipped, "cluster mode", refusal(info), {}};
    if (info_field(info->text, "cluster_enabled") != "1") {
        return {Grade::ok, "cluster mode", "off", {}};
    }
    return {Grade::warning, "cluster mode", "on",
            "Through this address only the keys of this one node can be had; all others are "
            "answered with MOVED."};
}

Finding check_max_clients(const Answer& setting) {
    constexpr auto check = "maxclients";
    const auto number = read_number(setting_in(setting));
    if (!number) return {Grade::skipped, check, refusal(setting), {}};
    const auto found = std::to_string(*number);
    if (*number >= few_clients) return {Grade::ok, check, found, {}};
    return {Grade::warning, check, found,
            "nearcache keeps one connection for each of its threads and one more. When the server "
            "is full, what is lost cannot be made anew."};
}

Finding check_push_buffer(const Answer& setting) {
    constexpr auto check = "client-output-buffer-limit pubsub";
    const auto limit = hard_limit(setting_in(setting), "pubsub");
    if (!limit) return {Grade::skipped, check, refusal(setting), {}};
    if (*limit == 0) return {Grade::ok, check, "none", {}};
    const auto found = std::to_string(*limit) + " bytes";
    if (*limit >= small_buffer_bytes) return {Grade::ok, check, found, {}};
    return {Grade::warning, check, found,
            "Redis drops the control connection when many keys change at once, and all that is "
            "kept is fetched anew. Set: CONFIG SET client-output-buffer-limit \"pubsub 33554432 "
            "8388608 60\""};
}

// Its nested parts are more than hiredis decodes: any array will do.
Finding check_command_table(const Answer& commands) {
    constexpr auto check = "COMMAND";
    if (!commands || commands->kind == Kind::array) return {Grade::ok, check, "readable", {}};
    return {Grade::warning, check, refusal(commands),
            "nearcache takes the keys of commands from its own table, which does not know those "
            "of modules. Allow it with: ACL SETUSER <user> +command"};
}

std::string_view advice_on_connecting(std::string_view why) noexcept {
    struct Advice {
        std::string_view sign;
        std::string_view text;
    };
    constexpr std::array<Advice, 9> known{{
        {"refused", "Is Redis running there?"},
        {"No such file", "Is Redis running there, and is the path right?"},
        {"resolve", "Is the host's name right?"},
        {"not a Redis server", "Is the port right? Does it expect TLS?"},
        {"no answer in time", "Is Redis stopped, or busy for longer than backend.connect_timeout?"},
        {"NOAUTH", "Give user and password in the URL: redis://user:password@host:port"},
        {"WRONGPASS", "Are user and password right? Is the user on?"},
        {"ERR AUTH", "Leave the password out, or give Redis one."},
        {"NOPERM",
         "Allow it with: ACL SETUSER <user> +ping, and +select if the URL names a database"},
    }};
    const auto* const found = std::ranges::find_if(known, [why](const Advice& advice) {
        return why.find(advice.sign) != std::string_view::npos;
    });
    if (found != known.end()) return found->text;
    return is_passing_trouble(why) ? "Try again when the server is ready." : std::string_view();
}

}  // namespace nearcache::backend::redis
