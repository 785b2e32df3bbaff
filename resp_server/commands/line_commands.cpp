#include "resp_server/commands/line_commands.hpp"

#include <string_view>
#include <utility>

#include <boost/algorithm/string/predicate.hpp>

#include "resp_server/commands/refusals.hpp"
#include "resp_server/own_connection.hpp"
#include "resp_server/store_dump.hpp"

namespace nearcache::resp_server {

namespace {

constexpr std::string_view how_to_put =
    "ERR PUT is written PUT key=value, and with blanks in either PUT \"key=a value\"";

bool is_put(const resp::Command& command) {
    return boost::algorithm::iequals(command.name(), "put");
}

// Not where Redis would queue or refuse it, nor where nobody listens: there it is Redis's DUMP,
// with a word too few.
bool is_dump_of_all(Client& client, const resp::Command& command) {
    const bool is_it =
        command.words.size() == 1 && boost::algorithm::iequals(command.name(), "dump");
    return is_it && client.replying() == Client::Replying::on &&
           (client.own() == nullptr || !client.own()->hears_everything());
}

Execution put(Client& client, const resp::Command& command) {
    const auto pair = command.words.size() == 2 ? command.words[1] : std::string_view{};
    const auto equals = pair.find('=');
    if (equals == std::string_view::npos) {
        append_error(client.out(), how_to_put);
        return Execution::done;
    }
    resp::Command set;
    set.words = {"SET", pair.substr(0, equals), pair.substr(equals + 1)};
    return execute(client, set);
}

// It waits for what this client has written to have taken effect.
Execution dump(Client& client, const resp::Command& command) {
    if (client.replies().pending() != 0) return Execution::later;
    auto permit = permit_or_refuse(client);
    if (!permit) return Execution::done;
    client.last_command = "dump";
    StoreDump::begin(client, std::move(*permit));
    note_source(client, command, "backend");
    return Execution::done;
}

}  // namespace

bool is_line_command(Client& client, const resp::Command& command) {
    return is_put(command) || is_dump_of_all(client, command);
}

Execution execute_line(Client& client, const resp::Command& command) {
    return is_put(command) ? put(client, command) : dump(client, command);
}

}  // namespace nearcache::resp_server
