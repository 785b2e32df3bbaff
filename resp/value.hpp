#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace nearcache::resp {

// A reply as data, for the few replies that are understood here rather than passed on.
struct Value {
    enum class Kind { simple, error, integer, bulk, null, array };

    Kind kind = Kind::null;
    std::string text;             // simple, error (without '-'), bulk
    std::int64_t number = 0;      // integer
    std::vector<Value> elements;  // array

    bool is_simple(std::string_view expected) const noexcept {
        return kind == Kind::simple && text == expected;
    }
};

}  // namespace nearcache::resp
