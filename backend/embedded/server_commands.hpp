#pragma once

#include "backend/embedded/call.hpp"

namespace nearcache::backend::embedded {

// The commands that need no key: what a client says when it connects, and asks about the server.
// Each carries out the call that the command table gives it.
//
// Threads: any; a call belongs to one at a time.
void ping(Call& call);
void echo(Call& call);
void select(Call& call);
void time(Call& call);
void client_id(Call& call);
void client_setname(Call& call);

}  // namespace nearcache::backend::embedded
