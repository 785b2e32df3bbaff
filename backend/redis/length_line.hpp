#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "backend/redis/reply_framer.hpp"

namespace nearcache::backend::redis {

// What the line "<type><number>\r\n" at the front of a value says.
struct LengthLine {
    ReplyFramer::Status status;
    bool is_nil = false;  // the number is -1
    std::uint64_t number = 0;
    std::size_t size = 0;  // of the whole line
};

// Strict, as a number that is read leniently here could be read differently by hiredis: digits
// alone, no leading zeros, "-1" and no other negative. No number has more than 12 digits, so sums
// of a few are far from overflowing.
LengthLine read_length_line(std::string_view value) noexcept;

}  // namespace nearcache::backend::redis
