#include "resp_server/commands/dispatch.hpp"

#include "resp_server/command_table.hpp"
#include "resp_server/commands/client_commands.hpp"
#include "resp_server/commands/command_commands.hpp"
#include "resp_server/commands/connection_commands.hpp"
#include "resp_server/commands/data_commands.hpp"
#include "resp_server/commands/foreign_commands.hpp"
#include "resp_server/commands/line_commands.hpp"
#include "resp_server/commands/own_commands.hpp"
#include "resp_server/commands/proxy_commands.hpp"
#include "resp_server/commands/read_commands.hpp"
#include "resp_server/commands/refusals.hpp"
#include "resp_server/commands/server_commands.hpp"
#include "resp_server/commands/transaction_commands.hpp"

namespace nearcache::resp_server {

namespace {

// What is answered on the spot, by whatever is known here.
bool is_answered_here(Client& client, const Resolved& resolved, const resp::Command& command) {
    switch (resolved.handler) {
        case Handler::proxy_explain:
            proxy_explain(client, command);
            return true;
        case Handler::ping:
            ping(client, command);
            return true;
        case Handler::echo:
            echo(client, command);
            return true;
        case Handler::quit:
            quit(client);
            return true;
        case Handler::auth:
            auth(client, command);
            return true;
        case Handler::hello:
            if (command.words.size() > 1) return false;
            say_hello(client);
            return true;
        case Handler::client_here:
            client_here(client, command);
            return true;
        case Handler::client_reply:
            client_reply(client, command);
            return true;
        case Handler::refuse_for_good:
            refuse_for_good(client, resolved.spec->name);
            return true;
        case Handler::refuse_cluster:
            refuse_cluster(client);
            return true;
        case Handler::refuse_unknown:
            refuse_unknown(client, command);
            return true;
        default:
            return false;
    }
}

Execution answer_admin(Client& client, const CommandSpec& spec, const resp::Command& command) {
    if (client.context().config.allows_admin_commands) return block(client, spec, command);
    refuse_admin(client, spec.name);
    return Execution::done;
}

// What concerns the client's way to the backend.
Execution answer_about_ways(Client& client, const Resolved& resolved,
                            const resp::Command& command) {
    const auto& spec = *resolved.spec;
    switch (resolved.handler) {
        case Handler::select:
            return select(client, command);
        case Handler::hello:
            return hello(client, command);
        case Handler::reset:
            return reset(client);
        case Handler::multi:
            return multi(client, command);
        case Handler::exec:
            return exec(client, command);
        case Handler::discard:
            return discard(client, command);
        case Handler::watch:
            return watch(client, command);
        case Handler::unwatch:
            return unwatch(client, command);
        case Handler::block:
            return block(client, spec, command);
        case Handler::wait:
            return wait(client, command);
        case Handler::subscribe:
            return subscribe(client, spec, command);
        case Handler::monitor:
            return monitor(client, command);
        case Handler::client_list:
            return client_list(client, command);
        case Handler::client_kill:
            return client_kill(client, command);
        case Handler::client_unblock:
            return client_unblock(client, command);
        case Handler::client_tracking:
            return client_tracking(client, spec, command);
        case Handler::client_redirection:
            return client_redirection(client, spec, command);
        case Handler::client_no_evict:
            return client_no_evict(client, command);
        case Handler::administer:
            return answer_admin(client, spec, command);
        default:
            return Execution::done;
    }
}

// A command with as many words as it takes.
Execution answer(Client& client, const Resolved& resolved, const resp::Command& command) {
    switch (resolved.handler) {
        case Handler::get:
            return get(client, command);
        case Handler::mget:
            return mget(client, command);
        case Handler::string_length:
            return string_length(client, *resolved.spec, command);
        case Handler::string_range:
            return string_range(client, *resolved.spec, command);
        case Handler::exists:
            return exists(client, *resolved.spec, command);
        case Handler::expiry:
            return expiry(client, *resolved.spec, command);
        case Handler::type:
            return type(client, *resolved.spec, command);
        case Handler::proxy_get:
            return proxy_get(client, command);
        case Handler::forward:
        case Handler::forward_unless_blocking:
            return forward(client, *resolved.spec, command);
        case Handler::command:
            return command_command(client, *resolved.spec, command);
        case Handler::config:
            return config_get(client, *resolved.spec, command);
        case Handler::info:
            return info(client, *resolved.spec, command);
        case Handler::refuse_subcommand:
            if (resolved.spec->name == "client") {
                return client_foreign(client, *resolved.spec, command);
            }
            return execute_foreign_subcommand(client, *resolved.spec, command);
        default:
            break;
    }
    if (is_answered_here(client, resolved, command)) {
        note_source(client, command, "proxy");
        return Execution::done;
    }
    return answer_about_ways(client, resolved, command);
}

// A client whose backend connection has to hear all that it says.
Execution pass_on(Client& client, const Resolved& resolved, const resp::Command& command) {
    const auto [spec, handler] = resolved;
    const bool is_whole = spec != nullptr && spec->takes(command.words.size());
    if (handler == Handler::quit || handler == Handler::reset) {
        return answer(client, resolved, command);
    }
    if (!client.own()->transaction.is_open()) {
        if (handler == Handler::subscribe && is_whole) return subscribe(client, *spec, command);
        return say_subscribed(client, command);
    }
    const bool is_about_it =
        handler == Handler::multi || handler == Handler::discard || handler == Handler::watch;
    // EXEC ends the transaction even when there is something wrong with it.
    if (handler == Handler::exec || (is_about_it && is_whole)) {
        return answer_about_ways(client, resolved, command);
    }
    return queue(client, resolved, command);
}

}  // namespace

void answer_here(Client& client, const resp::Command& command) {
    const std::span<const std::string_view> words(command.words.data(), command.words.size());
    is_answered_here(client, resolve(words), command);
}

Execution execute(Client& client, const resp::Command& command) {
    const std::span<const std::string_view> words(command.words.data(), command.words.size());
    if (command.is_inline && is_line_command(client, command)) [[unlikely]]
        return execute_line(client, command);
    const auto resolved = resolve(words);
    const auto [spec, handler] = resolved;
    const bool is_known = spec != nullptr && handler != Handler::refuse_subcommand;
    client.last_command = is_known ? spec->name : std::string_view{};
    if (client.own() != nullptr && client.own()->hears_everything()) {
        return pass_on(client, resolved, command);
    }
    if (spec == nullptr) return execute_foreign(client, command);
    if (handler != Handler::refuse_subcommand && !spec->takes(words.size())) {
        if (handler == Handler::exec) return exec(client, command);
        append_wrong_arity(client.out(), spec->name);
        return Execution::done;
    }
    if (const auto* const difference = client.context().commands.difference(*spec)) {
        return execute_differing(client, *spec, *difference, command);
    }
    // Most of all commands: not through one more function.
    if (handler == Handler::get) return get(client, command);
    return answer(client, resolved, command);
}

}  // namespace nearcache::resp_server
