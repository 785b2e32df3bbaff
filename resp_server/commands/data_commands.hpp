#pragma once

#include "resp/request_parser.hpp"
#include "resp_server/client.hpp"
#include "resp_server/command_table.hpp"
#include "resp_server/commands/dispatch.hpp"

// Commands about keys: from the cache where it knows, else from the backend.
namespace nearcache::resp_server {

void get(Client& client, const resp::Command& command);
// The key is the command's second word; the directives are what its options say.
void get(Client& client, const resp::Command& command, const cache::Directives& directives);
void mget(Client& client, const resp::Command& command);

// Anything with one reply: goes to the backend as it came, and its reply comes back as it came.
Execution forward(Client& client, const CommandSpec& spec, const resp::Command& command);
// The same for a command that changes other keys than a row says.
Execution forward(Client& client, const WrittenKeys& keys, const resp::Command& command);

}  // namespace nearcache::resp_server
