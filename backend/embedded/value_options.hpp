#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "backend/embedded/call.hpp"
#include "backend/embedded/wall_clock.hpp"

namespace nearcache::backend::embedded {

// What SET and GETEX are told beside key and value.
struct ValueOptions {
    enum class Life { unsaid, keep, persist, ex, px, exat, pxat };
    enum class Condition { none, if_absent, if_present };

    Life life = Life::unsaid;
    std::string_view amount;  // what ex, px, exat and pxat are followed by
    Condition condition = Condition::none;
    bool wants_old = false;
};

// The words of SET behind the value, or of GETEX behind the key. Empty for a syntax error.
std::optional<ValueOptions> parse_set_options(std::span<const std::string_view> words);
std::optional<ValueOptions> parse_getex_options(std::span<const std::string_view> words);

// When a key with these options ends; `never` when they do not say. Empty when they ask for a life
// that is not one: the call has failed then.
std::optional<Moment> deadline_of(Call& call, const ValueOptions& options, Moment now);

}  // namespace nearcache::backend::embedded
