#pragma once

#include <string_view>

#include "resp/request_parser.hpp"
#include "resp_server/client.hpp"
#include "resp_server/command_table.hpp"
#include "resp_server/commands/dispatch.hpp"

// CLIENT and its subcommands: they speak of the clients of this door, not of the connections to the
// backend.
namespace nearcache::resp_server {

// CLIENT ID, GETNAME, SETNAME, INFO.
void client_here(Client& client, const resp::Command& command);
// Whether it may be a client's name, as SETNAME and HELLO take them. False, with the error written,
// when it may not.
bool is_client_name(Client& client, std::string_view name);
// A subcommand that our table has not: SETINFO and NO-TOUCH are as the backend's Redis has them, if
// it has them.
Execution client_foreign(Client& client, const CommandSpec& container,
                         const resp::Command& command);

// These ask the clients of all lanes.
Execution client_list(Client& client, const resp::Command& command);
Execution client_kill(Client& client, const resp::Command& command);
Execution client_unblock(Client& client, const resp::Command& command);

void client_reply(Client& client, const resp::Command& command);

// These go to the backend, on a connection of the client's own where they change anything.
Execution client_tracking(Client& client, const CommandSpec& spec, const resp::Command& command);
Execution client_redirection(Client& client, const CommandSpec& spec, const resp::Command& command);
Execution client_no_evict(Client& client, const resp::Command& command);
Execution client_no_touch(Client& client, const resp::Command& command);

}  // namespace nearcache::resp_server
