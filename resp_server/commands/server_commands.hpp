#pragma once

#include "resp/request_parser.hpp"
#include "resp_server/client.hpp"
#include "resp_server/command_table.hpp"
#include "resp_server/commands/dispatch.hpp"

// Commands about the server: the backend's answer where there is one, and what we have to add.
namespace nearcache::resp_server {

// The backend's sections as they are, then ours. What is asked of us alone is answered at once, and
// what is not ours is only passed on.
Execution info(Client& client, const CommandSpec& spec, const resp::Command& command);

// The backend's settings; in front of a store of our own, what clients and redis-benchmark ask.
Execution config_get(Client& client, const CommandSpec& spec, const resp::Command& command);

}  // namespace nearcache::resp_server
