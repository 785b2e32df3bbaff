#include "backend/embedded/glob.hpp"

#include <algorithm>
#include <cstddef>

namespace nearcache::backend::embedded {
namespace {

// Reads the set that begins behind `[` and moves `pattern` behind its end. A set that is not closed
// ends with the pattern.
bool take_set(std::string_view& pattern, unsigned char byte) noexcept {
    const bool is_negated = pattern.starts_with('^');
    if (is_negated) pattern.remove_prefix(1);
    bool is_member = false;
    const auto member = [&](std::size_t index) {
        return static_cast<unsigned char>(pattern[index]);
    };

    while (!pattern.empty() && pattern.front() != ']') {
        std::size_t length = 1;
        if (pattern.front() == '\\' && pattern.size() >= 2) {
            length = 2;
            is_member |= member(1) == byte;
        } else if (pattern.size() >= 3 && pattern[1] == '-') {
            length = 3;
            const auto [low, high] = std::minmax({member(0), member(2)});
            is_member |= low <= byte && byte <= high;
        } else {
            is_member |= member(0) == byte;
        }
        pattern.remove_prefix(length);
    }
    if (!pattern.empty()) pattern.remove_prefix(1);
    return is_member != is_negated;
}

// Reads the pattern's first element, which is not `*`, and says whether the byte matches it.
bool take_one(std::string_view& pattern, char byte) noexcept {
    const char first = pattern.front();
    pattern.remove_prefix(1);
    if (first == '?') return true;
    if (first == '[') return take_set(pattern, static_cast<unsigned char>(byte));
    if (first != '\\' || pattern.empty()) return first == byte;
    const char escaped = pattern.front();
    pattern.remove_prefix(1);
    return escaped == byte;
}

}  // namespace

bool matches_glob(std::string_view pattern, std::string_view text) noexcept {
    if (pattern == "*") return true;
    // So it is in Redis: one star matches the empty text, two do not.
    if (text.empty()) return pattern.empty();

    // Where to try again: behind the last star, with one more byte given to that star. An earlier
    // star need not be tried again: what lies between the two has been found as early as possible.
    bool has_star = false;
    std::string_view behind_star;
    std::string_view text_at_star;

    while (!text.empty()) {
        if (pattern.starts_with('*')) {
            pattern.remove_prefix(1);
            has_star = true;
            behind_star = pattern;
            text_at_star = text;
        } else if (!pattern.empty() && take_one(pattern, text.front())) {
            text.remove_prefix(1);
        } else if (has_star) {
            text_at_star.remove_prefix(1);
            pattern = behind_star;
            text = text_at_star;
        } else {
            return false;
        }
    }
    return pattern.find_first_not_of('*') == std::string_view::npos;
}

}  // namespace nearcache::backend::embedded
