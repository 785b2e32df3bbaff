#pragma once

#include "backend/embedded/call.hpp"

namespace nearcache::backend::embedded {

// The commands that read and write whole values and parts of them. Each carries out the call that
// the command table gives it.
//
// Threads: any; a call belongs to one at a time.
void get(Call& call);
void getdel(Call& call);
void getex(Call& call);
void getset(Call& call);
void set(Call& call);
void setnx(Call& call);
void setex(Call& call);
void psetex(Call& call);
void mget(Call& call);
void mset(Call& call);
void msetnx(Call& call);

void strlen(Call& call);
void append(Call& call);
void getrange(Call& call);
void setrange(Call& call);

}  // namespace nearcache::backend::embedded
