#pragma once

#include "resp/request_parser.hpp"
#include "resp_server/client.hpp"
#include "resp_server/command_table.hpp"
#include "resp_server/commands/dispatch.hpp"

// Commands that the backend answers.
namespace nearcache::resp_server {

// What a command may change: in the client's database, or in another.
cache::Written written_by(Client& client, const CommandSpec& spec, const resp::Command& command);
cache::Written written_by(Client& client, const cache::Database& database, const CommandSpec& spec,
                          const resp::Command& command);

cache::Written hashes_of(const WrittenKeys& keys, const cache::Database& database);

// Anything with one reply: goes to the backend as it came, and its reply comes back as it came.
Execution forward(Client& client, const CommandSpec& spec, const resp::Command& command);
// The same for a command that changes other keys than a row says.
Execution forward(Client& client, cache::Written written, const resp::Command& command);
// For a command that may block, or leave something behind on its connection: nobody knows what, so
// the connection stays this client's for as long as the client stays.
Execution forward_alone(Client& client, cache::Written written, const resp::Command& command);

}  // namespace nearcache::resp_server
