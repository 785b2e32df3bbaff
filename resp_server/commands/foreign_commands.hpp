#pragma once

#include "resp/request_parser.hpp"
#include "resp_server/client.hpp"
#include "resp_server/command_catalogue.hpp"
#include "resp_server/commands/dispatch.hpp"

// Commands that our table does not know, or not as the backend does: by what the backend says.
namespace nearcache::resp_server {

// A name that is not in our table. Where the backend has not listed it either, it is asked.
Execution execute_foreign(Client& client, const resp::Command& command);
// The second word is not among the subcommands that our table has of `container`.
Execution execute_foreign_subcommand(Client& client, const CommandSpec& container,
                                     const resp::Command& command);
// What such a command may change.
cache::Written written_by_foreign(Client& client, const cache::Database& database,
                                  const resp::Command& command);

// The backend contradicts the row of ours.
Execution execute_differing(Client& client, const CommandSpec& ours,
                            const CommandCatalogue::Difference& difference,
                            const resp::Command& command);

}  // namespace nearcache::resp_server
