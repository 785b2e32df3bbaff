#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "resp/request_parser.hpp"
#include "resp_server/client.hpp"
#include "resp_server/commands/dispatch.hpp"

// Commands about the connection itself.
namespace nearcache::resp_server {

void ping(Client& client, const resp::Command& command);
void echo(Client& client, const resp::Command& command);
void quit(Client& client);
// There are no users here: answered as a Redis without a password does.
void auth(Client& client, const resp::Command& command);

// These decide where the commands behind them go, and wait until nothing of the client is pending.
Execution reset(Client& client);
// With a version, at least.
Execution hello(Client& client, const resp::Command& command);
// HELLO alone, which changes nothing.
void say_hello(Client& client);
// The backend says whether there is such a database.
Execution select(Client& client, const resp::Command& command);

// A number that SELECT would take, whether or not there is such a database.
std::optional<std::uint32_t> parse_database(std::string_view word);

}  // namespace nearcache::resp_server
