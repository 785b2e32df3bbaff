#include "backend/embedded/value_options.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>

#include "backend/embedded/words.hpp"

namespace nearcache::backend::embedded {
namespace {

using Life = ValueOptions::Life;
using Condition = ValueOptions::Condition;

enum class Command { set, getex, both };

struct LifeOption {
    std::string_view word;
    Life life;
    Command command;
};

constexpr std::array life_options{
    LifeOption{"keepttl", Life::keep, Command::set},
    LifeOption{"persist", Life::persist, Command::getex},
    LifeOption{"ex", Life::ex, Command::both},
    LifeOption{"px", Life::px, Command::both},
    LifeOption{"exat", Life::exat, Command::both},
    LifeOption{"pxat", Life::pxat, Command::both},
};

bool has_amount(Life life) {
    return life == Life::ex || life == Life::px || life == Life::exat || life == Life::pxat;
}

// Reads the options one by one. An option may be repeated, and the last one counts; one that
// contradicts an earlier one is a syntax error.
class Reader {
  public:
    Reader(std::span<const std::string_view> words, Command command)
        : words_(words), command_(command) {}

    std::optional<ValueOptions> read() {
        while (!words_.empty()) {
            const auto word = take();
            const bool is_taken =
                take_life(word) || (command_ == Command::set && take_set_option(word));
            if (!is_taken) return std::nullopt;
        }
        return options_;
    }

  private:
    std::string_view take() {
        const auto word = words_.front();
        words_ = words_.subspan(1);
        return word;
    }

    bool take_life(std::string_view word) {
        const auto option = std::ranges::find_if(life_options, [&](const LifeOption& candidate) {
            return same_word(candidate.word, word) &&
                   (candidate.command == command_ || candidate.command == Command::both);
        });
        if (option == life_options.end()) return false;
        if (options_.life != Life::unsaid && options_.life != option->life) return false;
        options_.life = option->life;
        if (!has_amount(option->life)) return true;
        if (words_.empty()) return false;
        options_.amount = take();
        return true;
    }

    bool take_set_option(std::string_view word) {
        if (same_word(word, "nx")) return take_condition(Condition::if_absent);
        if (same_word(word, "xx")) return take_condition(Condition::if_present);
        options_.wants_old |= same_word(word, "get");
        return same_word(word, "get");
    }

    bool take_condition(Condition condition) {
        if (options_.condition != Condition::none && options_.condition != condition) return false;
        options_.condition = condition;
        return true;
    }

    std::span<const std::string_view> words_;
    Command command_;
    ValueOptions options_;
};

}  // namespace

std::optional<ValueOptions> parse_set_options(std::span<const std::string_view> words) {
    return Reader(words, Command::set).read();
}

std::optional<ValueOptions> parse_getex_options(std::span<const std::string_view> words) {
    return Reader(words, Command::getex).read();
}

std::optional<Moment> deadline_of(Call& call, const ValueOptions& options, Moment now) {
    if (!has_amount(options.life)) return never;
    const auto amount = parse_integer(options.amount);
    if (!amount) {
        call.fail(errors::not_an_integer);
        return std::nullopt;
    }

    constexpr auto longest = std::numeric_limits<std::int64_t>::max();
    const bool is_in_seconds = options.life == Life::ex || options.life == Life::exat;
    const bool is_relative = options.life == Life::ex || options.life == Life::px;
    const std::int64_t unit = is_in_seconds ? 1000 : 1;
    const std::int64_t base = is_relative ? now.time_since_epoch().count() : 0;
    if (*amount <= 0 || *amount > longest / unit || *amount * unit > longest - base) {
        call.fail_expire_time();
        return std::nullopt;
    }
    return Moment(Moment::duration(*amount * unit + base));
}

}  // namespace nearcache::backend::embedded
