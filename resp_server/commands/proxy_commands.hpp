#pragma once

#include "resp/request_parser.hpp"
#include "resp_server/client.hpp"
#include "resp_server/commands/dispatch.hpp"

// Commands that Redis does not have: what the cache offers beyond it.
namespace nearcache::resp_server {

// PROXY.GET key [NOCACHE | [MAXAGE ms] [MINFRESH ms] [MAXSTALE ms] [ONLYCACHED]] [NOSTORE]: GET
// with the directives that HTTP has in Cache-Control. With ONLYCACHED, what is not cached is an
// error, "NOTCACHED ...": nil would say that there is no such key.
Execution proxy_get(Client& client, const resp::Command& command);

// PROXY.EXPLAIN key: where the answer to a GET would come from now, and why. An array of field,
// value, field, value, ...; it touches nothing.
void proxy_explain(Client& client, const resp::Command& command);

}  // namespace nearcache::resp_server
