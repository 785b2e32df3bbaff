#include "resp_server/commands/connection_commands.hpp"

#include <charconv>
#include <optional>
#include <string>

#include <boost/algorithm/string/predicate.hpp>

#include "resp/reply_writer.hpp"

namespace nearcache::resp_server {

namespace {

using boost::algorithm::iequals;

std::optional<std::int64_t> to_integer(std::string_view text) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return number;
}

// Redis: no spaces, newlines or other characters that would break CLIENT LIST.
bool is_valid_name(std::string_view name) {
    for (const char c : name) {
        if (c < '!' || c > '~') return false;
    }
    return true;
}

bool set_name(Client& client, std::string_view name) {
    if (!is_valid_name(name)) {
        append_error(client.out(),
                     "ERR Client names cannot contain spaces, newlines or special characters.");
        return false;
    }
    client.name = name;
    return true;
}

void append_hello(Client& client) {
    auto& out = client.out();
    resp::append_array(out, 14);
    resp::append_bulk(out, "server");
    resp::append_bulk(out, "redis");
    resp::append_bulk(out, "version");
    resp::append_bulk(out, client.context().facts.redis_version);
    resp::append_bulk(out, "proto");
    resp::append_integer(out, 2);
    resp::append_bulk(out, "id");
    resp::append_integer(out, static_cast<std::int64_t>(client.id()));
    resp::append_bulk(out, "mode");
    resp::append_bulk(out, "standalone");
    resp::append_bulk(out, "role");
    resp::append_bulk(out, "master");
    resp::append_bulk(out, "modules");
    resp::append_array(out, 0);
}

void refuse_auth(Client& client) {
    append_error(client.out(),
                 "ERR AUTH <password> called without any password configured for the default "
                 "user. Are you sure your configuration is correct?");
}

}  // namespace

bool changes_nothing_here(std::string_view subcommand) {
    return iequals(subcommand, "SETINFO") || iequals(subcommand, "NO-EVICT") ||
           iequals(subcommand, "NO-TOUCH");
}

void ping(Client& client, const resp::Command& command) {
    switch (command.words.size()) {
        case 1:
            return resp::append_simple(client.out(), "PONG");
        case 2:
            return resp::append_bulk(client.out(), command.words[1]);
        default:
            return append_wrong_arity(client.out(), "ping");
    }
}

void echo(Client& client, const resp::Command& command) {
    resp::append_bulk(client.out(), command.words[1]);
}

void quit(Client& client) {
    resp::append_simple(client.out(), "OK");
    client.leave();
}

void reset(Client& client) {
    client.name.clear();
    resp::append_simple(client.out(), "RESET");
}

void select(Client& client, const resp::Command& command) {
    const auto database = to_integer(command.words[1]);
    if (!database) return append_error(client.out(), "ERR value is not an integer or out of range");
    if (*database == 0) return resp::append_simple(client.out(), "OK");
    if (*database < 0 || *database > 15) {
        return append_error(client.out(), "ERR DB index is out of range");
    }
    append_error(client.out(),
                 "ERR 'select' of another database than 0 needs a connection of its own, which is "
                 "not offered yet");
}

void hello(Client& client, const resp::Command& command) {
    const auto& words = command.words;
    std::size_t next = 1;
    if (next < words.size()) {
        const auto version = to_integer(words[next++]);
        if (!version) {
            return append_error(client.out(),
                                "ERR Protocol version is not an integer or out of range");
        }
        if (*version != 2)
            return append_error(client.out(), "NOPROTO unsupported protocol version");
    }
    while (next < words.size()) {
        const auto left = words.size() - next;
        if (iequals(words[next], "AUTH") && left > 2) return refuse_auth(client);
        if (!iequals(words[next], "SETNAME") || left < 2) {
            return append_error(client.out(), "ERR Syntax error in HELLO option '" +
                                                  std::string(words[next]) + "'");
        }
        if (!set_name(client, words[next + 1])) return;
        next += 2;
    }
    append_hello(client);
}

void auth(Client& client, const resp::Command& command) {
    if (command.words.size() > 3) return append_error(client.out(), "ERR syntax error");
    // Redis without users: the default user takes any password, nobody else exists.
    if (command.words.size() == 2) return refuse_auth(client);
    if (command.words[1] == "default") return resp::append_simple(client.out(), "OK");
    append_error(client.out(), "WRONGPASS invalid username-password pair or user is disabled.");
}

void client_command(Client& client, const resp::Command& command) {
    const auto& words = command.words;
    const auto subcommand = words[1];
    if (iequals(subcommand, "ID")) {
        return resp::append_integer(client.out(), static_cast<std::int64_t>(client.id()));
    }
    if (iequals(subcommand, "GETNAME")) {
        return client.name.empty() ? resp::append_null_bulk(client.out())
                                   : resp::append_bulk(client.out(), client.name);
    }
    if (iequals(subcommand, "SETNAME")) {
        if (set_name(client, words[2])) resp::append_simple(client.out(), "OK");
        return;
    }
    if (changes_nothing_here(subcommand)) return resp::append_simple(client.out(), "OK");
    append_error(client.out(),
                 "ERR 'client|" + std::string(subcommand) + "' is not offered by this proxy yet");
}

}  // namespace nearcache::resp_server
