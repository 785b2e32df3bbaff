#pragma once

#include "cache/directives.hpp"
#include "resp/request_parser.hpp"
#include "resp_server/client.hpp"
#include "resp_server/command_table.hpp"
#include "resp_server/commands/dispatch.hpp"

// Reads that the cache can answer exactly as Redis would. Where it does not know enough, or where
// the client must not be answered from it, they go to the backend as they came.
namespace nearcache::resp_server {

Execution get(Client& client, const resp::Command& command);
// The key is the command's second word; the directives are what its options say.
Execution get(Client& client, const resp::Command& command, const cache::Directives& directives);
// What is not here is asked for with one question, each key once.
Execution mget(Client& client, const resp::Command& command);

// STRLEN, and GETRANGE under both its names. They read the value, and count as that.
Execution string_length(Client& client, const CommandSpec& spec, const resp::Command& command);
Execution string_range(Client& client, const CommandSpec& spec, const resp::Command& command);

// What asks about a key and not for its value leaves the order of eviction alone: EXISTS; TTL,
// PTTL, EXPIRETIME and PEXPIRETIME, which say the same of what does not expire; TYPE.
Execution exists(Client& client, const CommandSpec& spec, const resp::Command& command);
Execution expiry(Client& client, const CommandSpec& spec, const resp::Command& command);
Execution type(Client& client, const CommandSpec& spec, const resp::Command& command);

}  // namespace nearcache::resp_server
