#pragma once

#include "resp/request_parser.hpp"
#include "resp_server/client.hpp"
#include "resp_server/commands/dispatch.hpp"

// What somebody who types lines into a plain connection (netcat) has beside Redis's commands:
//   PUT key=value    as SET key value
//   DUMP             all keys and values, as one JSON object
// In a RESP array these words mean what they mean to Redis.
namespace nearcache::resp_server {

// Whether an inline command is one of them.
bool is_line_command(Client& client, const resp::Command& command);

Execution execute_line(Client& client, const resp::Command& command);

}  // namespace nearcache::resp_server
