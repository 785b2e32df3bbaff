#pragma once

#include <string_view>

#include "http/asked.hpp"
#include "http/request_parser.hpp"

// How a value is answered with, wherever it came from.
namespace nearcache::http {

// What is said of an entry that is held: fresh, or served although it is not.
Source hit_of(const cache::Entry& entry, TimePoint now);
Source stale_of(const cache::Entry& entry, TimePoint now, std::string_view detail);

// Answers with a value, or with what its client's conditions and range leave of it. `fields` is
// null for a client that has none.
void show_value(const Asked& asked, const Shown& shown, const Source& source, const Fields* fields);

}  // namespace nearcache::http
