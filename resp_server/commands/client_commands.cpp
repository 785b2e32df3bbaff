#include "resp_server/commands/client_commands.hpp"

#include <algorithm>
#include <cstdint>
#include <string>

#include "resp/reply_writer.hpp"
#include "resp_server/client_line.hpp"
#include "resp_server/commands/client_filters.hpp"
#include "resp_server/commands/foreign_commands.hpp"
#include "resp_server/commands/refusals.hpp"

namespace nearcache::resp_server {

namespace {

// Redis: no spaces, newlines or other characters that would break CLIENT LIST.
bool fits_into_line(std::string_view word) {
    return std::ranges::all_of(word, [](char c) { return c >= '!' && c <= '~'; });
}

void set_info(Client& client, const resp::Command& command) {
    const auto attribute = command.words[2];
    const auto value = command.words[3];
    const bool is_name = is_word(attribute, "lib-name");
    if (!is_name && !is_word(attribute, "lib-ver")) {
        return append_error(client.out(),
                            "ERR Unrecognized option '" + std::string(attribute) + "'");
    }
    if (!fits_into_line(value)) {
        return append_error(client.out(),
                            "ERR " + std::string(attribute) +
                                " cannot contain spaces, newlines or special characters.");
    }
    (is_name ? client.library_name : client.library_version) = value;
    resp::append_simple(client.out(), "OK");
}

}  // namespace

void client_here(Client& client, const resp::Command& command) {
    const auto subcommand = command.words[1];
    if (is_word(subcommand, "id")) {
        return resp::append_integer(client.out(), static_cast<std::int64_t>(client.id()));
    }
    if (is_word(subcommand, "getname")) {
        return client.name.empty() ? resp::append_null(client.out(), client.dialect())
                                   : resp::append_bulk(client.out(), client.name);
    }
    if (is_word(subcommand, "setname")) {
        if (!is_client_name(client, command.words[2])) return;
        client.name = command.words[2];
        return resp::append_simple(client.out(), "OK");
    }
    resp::append_verbatim(
        client.out(), client.dialect(), "txt",
        client_line(client, {client.now(), backend_client_command(client, "setinfo") != nullptr}));
}

bool is_client_name(Client& client, std::string_view name) {
    if (fits_into_line(name)) return true;
    append_error(client.out(),
                 "ERR Client names cannot contain spaces, newlines or special characters.");
    return false;
}

Execution client_foreign(Client& client, const CommandSpec& container,
                         const resp::Command& command) {
    const auto* const theirs = backend_client_command(client, command.words[1]);
    client.last_command = theirs != nullptr ? std::string_view(theirs->name) : std::string_view{};
    const bool is_setinfo = theirs != nullptr && theirs->name == "client|setinfo";
    const bool is_no_touch = theirs != nullptr && theirs->name == "client|no-touch";
    if (!is_setinfo && !is_no_touch) return execute_foreign_subcommand(client, container, command);
    if (!theirs->takes(command.words.size())) {
        append_wrong_arity(client.out(), theirs->name);
        return Execution::done;
    }
    if (is_no_touch) return client_no_touch(client, command);
    set_info(client, command);
    return Execution::done;
}

void client_reply(Client& client, const resp::Command& command) {
    using Replying = Client::Replying;
    const auto how = command.words[2];
    if (is_word(how, "on")) {
        client.set_replying(Replying::on);
        resp::append_simple(client.out(), "OK");
    } else if (is_word(how, "off")) {
        client.set_replying(Replying::off);
    } else if (!is_word(how, "skip")) {
        append_error(client.out(), "ERR syntax error");
    } else if (client.replying() != Replying::off) {
        client.set_replying(Replying::skip_next);
    }
}

}  // namespace nearcache::resp_server
