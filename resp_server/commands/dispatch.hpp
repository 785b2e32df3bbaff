#pragma once

#include "resp/request_parser.hpp"
#include "resp_server/client.hpp"

namespace nearcache::resp_server {

enum class Execution {
    done,   // answered, or waiting in the reply queue
    later,  // an earlier command must be answered first; nothing happened, try again then
};

// Finds the command's row in the table, checks its arity and hands it to whoever executes it.
Execution execute(Client& client, const resp::Command& command);

}  // namespace nearcache::resp_server
