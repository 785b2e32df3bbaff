#pragma once

#include "resp_server/command_table.hpp"
#include "resp_server/commands/dispatch.hpp"

namespace nearcache::resp_server {

// MULTI to EXEC, on a connection of the client's own. The backend judges and queues; here is noted
// what EXEC will change, and what of it is not the backend's to answer.

Execution multi(Client& client, const resp::Command& command);
Execution watch(Client& client, const resp::Command& command);
// Each of these also when there is nothing to end.
Execution exec(Client& client, const resp::Command& command);
Execution discard(Client& client, const resp::Command& command);
Execution unwatch(Client& client, const resp::Command& command);

// Any other command between MULTI and EXEC.
Execution queue(Client& client, const Resolved& resolved, const resp::Command& command);

}  // namespace nearcache::resp_server
