#pragma once

#include <string_view>

#include "resp/request_parser.hpp"
#include "resp_server/client.hpp"

// What is said of commands that are not carried out.
namespace nearcache::resp_server {

// Redis's own words; whoever speaks HTTP gets none.
void refuse_unknown(Client& client, const resp::Command& command);
void refuse_subcommand(Client& client, const resp::Command& command);

void refuse_own_connection(Client& client, std::string_view name);
void refuse_admin(Client& client, std::string_view name);

// The request line and the first field that a browser sends. Redis hangs up on them as well: a web
// page that posts a form to this port must not get the lines of its body executed as commands.
bool is_http(std::string_view name);

}  // namespace nearcache::resp_server
