#pragma once

#include <span>
#include <string>
#include <string_view>

#include "backend/embedded/keyspace.hpp"
#include "resp/dialect.hpp"

namespace nearcache::backend::embedded {

// Carries out one command and appends its reply, which is an error line when the command is not
// known or not well put. The first of the words, of which there is one at least, is its name.
//
// Threads: any.
void execute(Keyspace& keyspace, std::span<const std::string_view> words, std::string& reply,
             resp::Dialect dialect = resp::Dialect::resp2);

}  // namespace nearcache::backend::embedded
