#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "resp/request_parser.hpp"
#include "resp_server/client.hpp"
#include "resp_server/command_table.hpp"

// What is said of commands that are not carried out.
namespace nearcache::resp_server {

// Redis's own words; whoever speaks HTTP gets none.
void refuse_unknown(Client& client, const resp::Command& command);
void refuse_subcommand(Client& client, const resp::Command& command);

// The backend has none to lend (the embedded store), or has lent as many as it may.
void refuse_own_connection(Client& client, std::string_view name);
void refuse_no_more_own(Client& client);
// It would make a replica, or a debugger's terminal, of a connection.
void refuse_for_good(Client& client, std::string_view name);
void refuse_admin(Client& client, std::string_view name);
// Redis's own words, which redis-cli --bigkeys reads when it has said READONLY, and goes on.
void refuse_cluster(Client& client);
std::string admin_refusal(std::string_view name);

// Empty when no request more may be in flight: the error is written.
std::optional<net::Limiter::Permit> permit_or_refuse(Client& client);

// The request line and the first field that a browser sends. Redis hangs up on them as well: a web
// page that posts a form to this port must not get the lines of its body executed as commands.
bool is_http(std::string_view name);

}  // namespace nearcache::resp_server
