#pragma once

#include "resp/request_parser.hpp"
#include "resp_server/client.hpp"

// Commands about the connection itself; none of them reaches the backend.
namespace nearcache::resp_server {

void ping(Client& client, const resp::Command& command);
void echo(Client& client, const resp::Command& command);
void quit(Client& client);
void reset(Client& client);
// Database 0 only; others need a connection of their own.
void select(Client& client, const resp::Command& command);
// RESP2 only: HELLO 3 is answered NOPROTO, as a server without RESP3 does.
void hello(Client& client, const resp::Command& command);
// There are no users here: answered as a Redis without a password does.
void auth(Client& client, const resp::Command& command);
// CLIENT subcommands that are accepted because nothing follows from them. Client libraries send
// SETINFO and NO-TOUCH, which are newer than Redis 7.0, whatever the server's version.
bool changes_nothing_here(std::string_view subcommand);
// CLIENT ID, SETNAME, GETNAME, SETINFO, NO-EVICT, NO-TOUCH.
void client_command(Client& client, const resp::Command& command);

}  // namespace nearcache::resp_server
