#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace nearcache::http {

// What of a value a Range field asks for (RFC 9110, 14.2).
struct ByteRange {
    enum class Kind {
        whole,          // all of it: the field asks for nothing that is served in part
        part,           // the bytes from first to last, both included
        unsatisfiable,  // for nothing that is there: 416
    };

    Kind kind = Kind::whole;
    std::uint64_t first = 0;
    std::uint64_t last = 0;
};

// Several ranges at once, other units and what is malformed are passed over, as a server may.
ByteRange read_range(std::string_view field, std::uint64_t size) noexcept;

}  // namespace nearcache::http
