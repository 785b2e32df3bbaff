#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "app/config.hpp"

namespace nearcache::app {

// Bounds of several settings, and of what a rule may say.
inline constexpr std::chrono::milliseconds longest_life = std::chrono::hours(24 * 3650);
inline constexpr std::uint64_t largest_value = std::uint64_t{4} << 30;

// What may be said outright, or kept in a file. Empty: not said that way.
struct Secret {
    std::string text;
    std::string file;
};

// A Config in the making: secrets, and credentials apart from the URL, join it at the end.
struct Draft {
    Config config;
    // Empty: what backend.url says stands.
    std::string backend_user;
    Secret backend_password;
    Secret http_token;
};

// A place in a Draft, to write to and to read from.
template <class T>
struct Field {
    T& (*in)(Draft&);
    const T& (*of)(const Draft&);
};

// The same for a number, however wide the place it is kept in.
struct NumberField {
    void (*set)(Draft&, std::uint64_t);
    std::uint64_t (*of)(const Draft&);
};

// What a setting may be. Bounds are inclusive.
struct ListenAddress {
    Field<Endpoint> field;
};
struct Count {
    NumberField field;
    std::uint64_t least;
    std::uint64_t most;
    std::string_view zero_name = {};  // how 0 is spelt where it means something of its own
};
struct ByteSize {
    Field<std::size_t> field;
    std::uint64_t least;
    std::uint64_t most;
};
struct TimeSpan {
    Field<std::chrono::milliseconds> field;
    std::chrono::milliseconds least;
    std::chrono::milliseconds most;
};
struct Percent {
    Field<unsigned> field;
};
struct Switch {
    Field<bool> field;
};
struct Choice {
    std::span<const std::string_view> names;
    void (*set)(Draft&, std::size_t index);
    std::size_t (*index)(const Draft&);
};
struct FreeText {
    Field<std::string> field;
    std::string_view placeholder;
    bool is_secret = false;
};
// Any bytes, written as config_prefixes.hpp has it.
struct KeyPrefix {
    Field<std::string> field;
};
struct BackendUrl {
    Field<backend::Url> field;
};
// None of them begins with another.
struct PrefixList {
    Field<std::vector<std::string>> field;
};
struct RuleList {
    Field<std::vector<cache::Rule>> field;
};
// Reads an element, and returns what is wrong with it, or nothing; only then is it changed.
using ReadElement = std::optional<std::string> (*)(std::string_view text, std::string& element);
// None of them is there twice.
struct TextList {
    Field<std::vector<std::string>> field;
    ReadElement read;
    std::string_view placeholder;
    std::string_view elements;  // what they are, for error lines
};
using Kind = std::variant<ListenAddress, Count, ByteSize, TimeSpan, Percent, Switch, Choice,
                          FreeText, KeyPrefix, BackendUrl, PrefixList, RuleList, TextList>;

// Which part of a setting a name sets. Of a list the whole is one or more elements, which join
// those that the same source has given before; an element is one that nothing parts; and more is
// said of the last one of them.
enum class Part { whole, address, host, port, database, element, more };

// Another name of a setting: a flag when it begins with "--", else an environment variable.
struct Alias {
    std::string_view name;
    Part part = Part::whole;
};

// One setting: where it may be said and what it may be.
struct Option {
    std::string_view path;  // "cache.ttl"
    std::string_view flag;  // "--ttl"
    std::string_view help;  // one line
    Kind kind;
    // In order of precedence; unused ones have no name.
    std::array<Alias, 8> more = {};

    std::string variable() const;            // "NEARCACHE_CACHE_TTL"
    std::span<const Alias> aliases() const;  // those in use
    std::string_view section() const;        // "cache"; empty for "threads"
    std::string_view key() const;            // "ttl"
    bool is_list() const;
};

// The only list of settings: files, flags, variables, help, ranges and --print-config follow it.
std::span<const Option> options();

// What there are flags for with nearcache doctor.
inline constexpr std::array<std::string_view, 2> doctor_sections{"backend", "coherence"};

// Null when there is none.
const Option* find_option(std::string_view path);

}  // namespace nearcache::app
