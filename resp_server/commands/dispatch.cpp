#include "resp_server/commands/dispatch.hpp"

#include <algorithm>
#include <string>

#include <boost/algorithm/string/predicate.hpp>

#include "base/log.hpp"
#include "resp_server/command_table.hpp"
#include "resp_server/commands/connection_commands.hpp"
#include "resp_server/commands/data_commands.hpp"
#include "resp_server/commands/server_commands.hpp"

namespace nearcache::resp_server {

namespace {

// Redis shows at most 128 bytes of what it did not understand.
constexpr std::size_t shown_bytes = 128;

// The request line and the first field that a browser sends. Redis hangs up on them as well: a web
// page that posts a form to this port must not get the lines of its body executed as commands.
bool is_http(std::string_view name) {
    return boost::algorithm::iequals(name, "post") || boost::algorithm::iequals(name, "host:");
}

std::string in_lower_case(std::string_view text) {
    std::string lower(text);
    std::ranges::transform(lower, lower.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return lower;
}

void refuse_unknown(Client& client, const resp::Command& command) {
    if (is_http(command.name())) {
        log::warn("resp", "HTTP on the RESP port, hanging up", {{"client", client.id()}});
        return client.leave();
    }
    std::string text = "ERR unknown command '";
    text.append(command.name().substr(0, shown_bytes)).append("', with args beginning with: ");
    std::size_t shown = 0;
    for (std::size_t i = 1; i < command.words.size() && shown < shown_bytes; ++i) {
        const auto word = command.words[i].substr(0, shown_bytes - shown);
        text.append("'").append(word).append("' ");
        shown += word.size() + 3;
    }
    append_error(client.out(), text);
}

void refuse_subcommand(Client& client, const resp::Command& command) {
    std::string container = in_lower_case(command.name());
    std::ranges::transform(container, container.begin(), [](char c) {
        return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    });
    const auto subcommand = std::string(command.words[1].substr(0, shown_bytes));
    append_error(client.out(),
                 "ERR unknown subcommand '" + subcommand + "'. Try " + container + " HELP.");
}

void refuse(Client& client, const CommandSpec& spec, std::string_view why) {
    std::string text = "ERR '";
    text.append(spec.name).append("' ").append(why);
    append_error(client.out(), text);
}

}  // namespace

Execution execute(Client& client, const resp::Command& command) {
    const std::span<const std::string_view> words(command.words.data(), command.words.size());
    const auto [spec, handler] = resolve(words);
    if (spec == nullptr) {
        refuse_unknown(client, command);
        return Execution::done;
    }
    if (handler != Handler::refuse_subcommand && !spec->takes(words.size())) {
        append_wrong_arity(client.out(), spec->name);
        return Execution::done;
    }

    const bool is_about_keys = handler == Handler::get || handler == Handler::mget ||
                               handler == Handler::forward || handler == Handler::command;
    if (!is_about_keys) note_source(client, command, "proxy");
    switch (handler) {
        case Handler::get:
            get(client, command);
            break;
        case Handler::mget:
            mget(client, command);
            break;
        case Handler::forward:
        case Handler::forward_unless_blocking:
            return forward(client, *spec, command);
        case Handler::ping:
            ping(client, command);
            break;
        case Handler::echo:
            echo(client, command);
            break;
        case Handler::quit:
            quit(client);
            break;
        case Handler::select:
            select(client, command);
            break;
        case Handler::client:
            client_command(client, command);
            break;
        case Handler::hello:
            hello(client, command);
            break;
        case Handler::auth:
            auth(client, command);
            break;
        case Handler::reset:
            reset(client);
            break;
        case Handler::command:
            return command_command(client, *spec, command);
        case Handler::config:
            config_get(client, command);
            break;
        case Handler::info:
            info(client, command);
            break;
        case Handler::refuse_own_connection:
            refuse(client, *spec, "needs a connection of its own, which is not offered yet");
            break;
        case Handler::refuse_cluster:
            // Redis's own words: redis-cli --bigkeys says READONLY and goes on when it reads them.
            append_error(client.out(), "ERR This instance has cluster support disabled");
            break;
        case Handler::refuse_admin:
            refuse(client, *spec, "is an administrative command: send it to Redis itself");
            break;
        case Handler::refuse_subcommand:
            if (spec->name == "client" && changes_nothing_here(words[1])) {
                client_command(client, command);
            } else {
                refuse_subcommand(client, command);
            }
            break;
        case Handler::refuse_unknown:
            refuse_unknown(client, command);
            break;
    }
    return Execution::done;
}

}  // namespace nearcache::resp_server
