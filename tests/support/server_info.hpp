#pragma once

#include <string>
#include <string_view>

#include "tests/support/nearcache_process.hpp"

namespace nearcache::tests {

// What a nearcache says of itself: fields of its INFO.
//
// Threads: any; each question has a connection of its own.

// Empty when there is no such field.
std::string info(const NearcacheProcess& proxy, std::string_view field);
// 0 when there is no such field.
long long info_number(const NearcacheProcess& proxy, std::string_view field);

// Whether a field comes to have this value.
bool comes_to_say(const NearcacheProcess& proxy, std::string_view field, std::string_view value,
                  milliseconds limit = milliseconds(5000));
// Whether a number comes to be larger than this.
bool grows_beyond(const NearcacheProcess& proxy, std::string_view field, long long number,
                  milliseconds limit = milliseconds(5000));

// Whether what is fetched comes to be kept: the channel is armed, or none is needed.
bool comes_to_keep(const NearcacheProcess& proxy, milliseconds limit = milliseconds(5000));

}  // namespace nearcache::tests
