#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace nearcache::resp {

// Walks over the values of a reply in RESP2 that is here as a whole, without copying any. Believes
// no count and no length that the bytes themselves do not bear out, and steps over nesting of any
// depth in constant memory.
//
// Threads: one at a time.
class ReplyReader {
  public:
    explicit ReplyReader(std::string_view bytes) noexcept : rest_(bytes) {}

    // Each steps over the next value if it is of that kind and well-formed; else it stays.
    std::optional<std::size_t> read_array() noexcept;      // over its head: so many values follow
    std::optional<std::string_view> read_text() noexcept;  // a bulk or a simple string
    std::optional<std::int64_t> read_integer() noexcept;
    bool read_null() noexcept;
    // Whatever the value is, with all that is in it.
    bool skip() noexcept;

    bool is_at_end() const noexcept { return rest_.empty(); }

  private:
    bool skip_head(std::uint64_t& missing) noexcept;

    std::string_view rest_;
};

}  // namespace nearcache::resp
