#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace nearcache::resp {

// Walks over the values of a reply that is here as a whole, without copying any. What RESP3 alone
// has is read as what RESP2 has instead of it, so that whoever reads a reply need not know in which
// dialect it came: a set or a push as an array, a map as an array of keys and values in turn, a
// verbatim string or a double as a text. Attributes are passed over.
//
// Believes no count and no length that the bytes themselves do not bear out, and steps over nesting
// of any depth in constant memory.
//
// Threads: one at a time.
class ReplyReader {
  public:
    explicit ReplyReader(std::string_view bytes) noexcept : rest_(bytes) {}

    // Each steps over the next value if it is of that kind and well-formed; else it stays.
    std::optional<std::size_t> read_array() noexcept;      // over its head: so many values follow
    std::optional<std::size_t> read_map() noexcept;        // over its head: so many pairs follow
    std::optional<std::string_view> read_text() noexcept;  // anything of bytes that is no error
    std::optional<std::int64_t> read_integer() noexcept;   // a boolean is 1 or 0
    bool read_null() noexcept;
    // Whatever the value is, with all that is in it. Looks only for where it ends.
    bool skip() noexcept;
    std::optional<std::string_view> read_any() noexcept;  // its bytes, as they came

    bool is_at_end() const noexcept { return rest_.empty(); }

  private:
    template <class Take>
    auto read_by(Take&& take) noexcept;
    bool pass_attributes() noexcept;
    bool skip_values(std::uint64_t missing) noexcept;
    bool skip_head(std::uint64_t& missing) noexcept;

    std::string_view rest_;
};

}  // namespace nearcache::resp
