#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace nearcache::http {

// The strong entity tag of a value (RFC 9110, 8.8.3): 16 hexadecimal digits of its hash, in quotes.
// It is the same in every process that serves the same bytes.
//
// Threads: one at a time.
class EntityTag {
  public:
    explicit EntityTag(std::uint64_t value_hash) noexcept;

    using Characters = std::array<char, 18>;

    const Characters& characters() const noexcept { return text_; }
    std::string_view text() const noexcept { return {text_.data(), text_.size()}; }
    // Without the quotes.
    std::string_view digits() const noexcept { return text().substr(1, 16); }

  private:
    Characters text_;
};

}  // namespace nearcache::http
