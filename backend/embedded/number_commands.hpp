#pragma once

#include "backend/embedded/call.hpp"

namespace nearcache::backend::embedded {

// The commands that count. Each carries out the call that the command table gives it.
//
// Threads: any; a call belongs to one at a time.
void incr(Call& call);
void decr(Call& call);
void incrby(Call& call);
void decrby(Call& call);
void incrbyfloat(Call& call);

}  // namespace nearcache::backend::embedded
