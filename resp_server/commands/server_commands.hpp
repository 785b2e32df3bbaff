#pragma once

#include "resp/request_parser.hpp"
#include "resp_server/client.hpp"
#include "resp_server/command_table.hpp"
#include "resp_server/commands/dispatch.hpp"

// Commands about the server: what a client library asks when it starts, and what an operator asks.
namespace nearcache::resp_server {

// COMMAND, COMMAND COUNT, INFO and LIST from the table; DOCS and the rest from the backend.
Execution command_command(Client& client, const CommandSpec& spec, const resp::Command& command);

// CONFIG GET of what clients and redis-benchmark ask.
void config_get(Client& client, const resp::Command& command);

// Our own sections: server, clients, stats, cache.
void info(Client& client, const resp::Command& command);

}  // namespace nearcache::resp_server
