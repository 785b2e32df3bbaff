#include "resp_server/commands/dispatch.hpp"

#include "resp_server/command_table.hpp"
#include "resp_server/commands/connection_commands.hpp"
#include "resp_server/commands/data_commands.hpp"
#include "resp_server/commands/foreign_commands.hpp"
#include "resp_server/commands/proxy_commands.hpp"
#include "resp_server/commands/refusals.hpp"
#include "resp_server/commands/server_commands.hpp"

namespace nearcache::resp_server {

namespace {

// Where the backend's table contradicts the row; null, and quickly so, on an ordinary server.
const CommandCatalogue::Difference* difference_of(Client& client, const CommandSpec& spec) {
    const auto* const catalogue = client.context().commands.contradicting();
    return catalogue == nullptr ? nullptr : catalogue->difference(spec);
}

Execution refuse(Client& client, const Resolved& resolved, const resp::Command& command) {
    const auto [spec, handler] = resolved;
    if (handler == Handler::refuse_subcommand) {
        if (spec->name != "client" || !changes_nothing_here(command.words[1])) {
            return execute_foreign_subcommand(client, *spec, command);
        }
        client_command(client, command);
    } else if (handler == Handler::refuse_own_connection) {
        refuse_own_connection(client, spec->name);
    } else if (handler == Handler::refuse_admin) {
        refuse_admin(client, spec->name);
    } else if (handler == Handler::refuse_cluster) {
        // Redis's own words: redis-cli --bigkeys says READONLY and goes on when it reads them.
        append_error(client.out(), "ERR This instance has cluster support disabled");
    } else {
        refuse_unknown(client, command);
    }
    return Execution::done;
}

// A command with as many words as it takes.
Execution answer(Client& client, const Resolved& resolved, const resp::Command& command) {
    switch (resolved.handler) {
        case Handler::get:
            get(client, command);
            break;
        case Handler::mget:
            mget(client, command);
            break;
        case Handler::proxy_get:
            proxy_get(client, command);
            break;
        case Handler::proxy_explain:
            proxy_explain(client, command);
            break;
        case Handler::forward:
        case Handler::forward_unless_blocking:
            return forward(client, *resolved.spec, command);
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
            return command_command(client, *resolved.spec, command);
        case Handler::config:
            config_get(client, command);
            break;
        case Handler::info:
            info(client, command);
            break;
        case Handler::refuse_own_connection:
        case Handler::refuse_cluster:
        case Handler::refuse_admin:
        case Handler::refuse_subcommand:
        case Handler::refuse_unknown:
            return refuse(client, resolved, command);
    }
    return Execution::done;
}

}  // namespace

Execution execute(Client& client, const resp::Command& command) {
    const std::span<const std::string_view> words(command.words.data(), command.words.size());
    const auto resolved = resolve(words);
    const auto [spec, handler] = resolved;
    if (spec == nullptr) return execute_foreign(client, command);
    if (handler != Handler::refuse_subcommand && !spec->takes(words.size())) {
        append_wrong_arity(client.out(), spec->name);
        return Execution::done;
    }

    if (const auto* const difference = difference_of(client, *spec)) {
        return execute_differing(client, *spec, *difference, command);
    }

    const bool is_about_keys = handler == Handler::get || handler == Handler::mget ||
                               handler == Handler::proxy_get || handler == Handler::forward ||
                               handler == Handler::command;
    if (!is_about_keys) note_source(client, command, "proxy");
    return answer(client, resolved, command);
}

}  // namespace nearcache::resp_server
