#pragma once

#include "backend/embedded/call.hpp"

namespace nearcache::backend::embedded {

// The commands about the life of a key. Each carries out the call that the command table gives it.
//
// Threads: any; a call belongs to one at a time.
void expire(Call& call);
void pexpire(Call& call);
void expireat(Call& call);
void pexpireat(Call& call);
void persist(Call& call);

void ttl(Call& call);
void pttl(Call& call);
void expiretime(Call& call);
void pexpiretime(Call& call);

}  // namespace nearcache::backend::embedded
