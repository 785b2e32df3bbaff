#pragma once

#include "resp/request_parser.hpp"
#include "resp_server/client.hpp"
#include "resp_server/command_table.hpp"
#include "resp_server/commands/dispatch.hpp"

namespace nearcache::resp_server {

// COMMAND and its subcommands: what the backend says, asked once for all who want to know. Where
// it cannot be asked, or is a store of our own, our table answers what it can.
Execution command_command(Client& client, const CommandSpec& spec, const resp::Command& command);

}  // namespace nearcache::resp_server
