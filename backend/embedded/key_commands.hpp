#pragma once

#include "backend/embedded/call.hpp"

namespace nearcache::backend::embedded {

// The commands about keys, whatever their values. Each carries out the call that the command table
// gives it.
//
// Threads: any; a call belongs to one at a time.
void del(Call& call);
void exists(Call& call);
void type(Call& call);
void rename(Call& call);
void renamenx(Call& call);
void copy(Call& call);

void randomkey(Call& call);
void keys(Call& call);
void scan(Call& call);
void dbsize(Call& call);
void flush(Call& call);

}  // namespace nearcache::backend::embedded
