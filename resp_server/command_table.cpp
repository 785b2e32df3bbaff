#include "resp_server/command_table.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <charconv>
#include <utility>

#include "resp/reply_writer.hpp"
#include "resp_server/command_rows.hpp"
#include "resp_server/flag_names.hpp"
#include "resp_server/subcommand_rows.hpp"

namespace nearcache::resp_server {

namespace {

using Words = std::span<const std::string_view>;

template <std::size_t count>
consteval std::array<CommandSpec, count> with_access(const CommandSpec (&rows)[count]) {
    auto table = std::to_array(rows);
    for (auto& row : table) {
        if (row.writes != Writes::none || row.has(flags::write)) {
            row.access = Access::write;
        } else if (row.has(flags::readonly)) {
            row.access = Access::read;
        }
    }
    return table;
}

constexpr auto command_rows = with_access(rows::commands);
constexpr auto subcommand_rows = with_access(rows::subcommands);
static_assert(std::ranges::is_sorted(command_rows, {}, &CommandSpec::name));
static_assert(std::ranges::is_sorted(subcommand_rows, {}, &CommandSpec::name));

// `name` in any case, `lower_name` in lower case.
constexpr bool names(std::string_view name, std::string_view lower_name) noexcept {
    if (name.size() != lower_name.size()) return false;
    for (std::size_t i = 0; i < name.size(); ++i) {
        if (lower(name[i]) != lower_name[i]) return false;
    }
    return true;
}

constexpr std::size_t shortest_name = 3;
constexpr std::size_t slot_count = 1024;
constexpr std::uint8_t no_row = 255;
static_assert(command_rows.size() < no_row);

// Six letters and the length tell nearly all names apart. Or-ing 32 into them makes the case not
// matter; what else it makes equal, the comparison of the whole name tells apart again.
constexpr std::uint64_t gist_of(std::string_view name) noexcept {
    const auto letter = [name](std::size_t i) {
        return static_cast<std::uint64_t>(static_cast<unsigned char>(name[i]) | 32u);
    };
    const std::size_t size = name.size();
    return letter(0) | letter(1) << 8 | letter(2) << 16 | letter(size / 2) << 24 |
           letter(size - 2) << 32 | letter(size - 1) << 40 | static_cast<std::uint64_t>(size) << 48;
}

constexpr std::size_t slot_of(std::uint64_t gist) noexcept {
    return static_cast<std::size_t>(gist * 0xba26482b5838ef05u >> 54);
}

// The gist of a name so long holds every letter of it, and or-ing 32 mixes up no two letters.
constexpr std::size_t told_by_gist = 6;
static_assert(std::ranges::all_of(command_rows, [](const CommandSpec& row) {
    const auto is_letter = [](char c) { return c >= 'a' && c <= 'z'; };
    return row.name.size() > told_by_gist || std::ranges::all_of(row.name, is_letter);
}));

consteval std::array<std::uint64_t, command_rows.size()> make_gists() {
    std::array<std::uint64_t, command_rows.size()> gists{};
    for (std::size_t row = 0; row < gists.size(); ++row) {
        gists[row] = gist_of(command_rows[row].name);
    }
    return gists;
}

constexpr auto gists = make_gists();

// Open addressing, a quarter full. With the factor above, found by trying, every row is in its
// name's slot or in the next; any other odd factor works too, with a longer way for some.
consteval std::array<std::uint8_t, slot_count> make_slots() {
    std::array<std::uint8_t, slot_count> slots{};
    slots.fill(no_row);
    for (std::size_t row = 0; row < command_rows.size(); ++row) {
        std::size_t slot = slot_of(gists[row]);
        while (slots[slot] != no_row) slot = (slot + 1) % slot_count;
        slots[slot] = static_cast<std::uint8_t>(row);
    }
    return slots;
}

constexpr auto slots = make_slots();

// The options of XREAD and XREADGROUP, as far as they matter here.
struct StreamOptions {
    bool blocks = false;
    std::size_t first_key = 0;  // 0 when there is no STREAMS
};

// Reads them as Redis does: the name of a group may well be BLOCK. After an option that only a
// newer Redis knows, no word can be told from a value any more, so any BLOCK counts.
StreamOptions read_stream_options(Words words) noexcept {
    StreamOptions options;
    for (std::size_t i = 1; i < words.size(); ++i) {
        if (names(words[i], "streams")) {
            options.first_key = i + 1;
            return options;
        }
        if (names(words[i], "block")) {
            options.blocks = true;
            i += 1;
        } else if (names(words[i], "count")) {
            i += 1;
        } else if (names(words[i], "group")) {
            i += 2;
        } else if (!names(words[i], "noack")) {
            const auto is_block = [](std::string_view word) { return names(word, "block"); };
            options.blocks = options.blocks || std::ranges::any_of(words.subspan(i), is_block);
            return options;
        }
    }
    return options;
}

void add(WrittenKeys& written, Words words) {
    written.keys.insert(written.keys.end(), words.begin(), words.end());
}

// A negative index counts from the end. A command too short to have the word names no key.
void add_at(WrittenKeys& written, Words words, int index) {
    const auto at = static_cast<std::size_t>(index);
    if (at < words.size()) written.keys.push_back(words[at]);
}

void add_counted(WrittenKeys& written, Words words, std::size_t at) {
    std::size_t count = 0;
    if (at < words.size()) {
        std::from_chars(words[at].data(), words[at].data() + words[at].size(), count);
    }
    if (count == 0 || count > words.size() - at - 1) {
        written.everything = true;
    } else {
        add(written, words.subspan(at + 1, count));
    }
}

void add_stored(WrittenKeys& written, Words words) {
    for (std::size_t i = 2; i + 1 < words.size(); ++i) {
        if (names(words[i], "store") || names(words[i], "storedist")) {
            written.keys.push_back(words[i + 1]);
        }
    }
}

void add_streams(WrittenKeys& written, Words words) {
    const std::size_t first = read_stream_options(words).first_key;
    if (first == 0) {
        written.everything = true;
    } else {
        add(written, words.subspan(first, (words.size() - first + 1) / 2));
    }
}

void add_moved(WrittenKeys& written, Words words) {
    if (words.size() > 3 && !words[3].empty()) written.keys.push_back(words[3]);
    for (std::size_t i = 6; i < words.size(); ++i) {
        if (names(words[i], "keys")) return add(written, words.subspan(i + 1));
    }
}

// The categories that Redis derives from the flags, beside those that the row names.
std::uint64_t categories_of(const CommandSpec& spec) noexcept {
    std::uint64_t categories = spec.flags;
    if (spec.has(flags::admin)) categories |= flags::in_admin | flags::dangerous;
    if (!spec.has(flags::fast)) categories |= slow;
    if (spec.has(flags::scripting)) categories &= ~std::uint64_t{flags::readonly};
    return categories;
}

void append_names(std::string& out, resp::Dialect dialect, std::uint64_t bits,
                  std::span<const Named> names_of_bits) {
    const auto is_in = [bits](const Named& named) { return (bits & named.bit) != 0; };
    const auto count = std::ranges::count_if(names_of_bits, is_in);
    resp::append_set(out, dialect, static_cast<std::size_t>(count));
    for (const Named& named : names_of_bits) {
        if (is_in(named)) resp::append_simple(out, named.name);
    }
}

}  // namespace

std::string in_lower_case(std::string_view name) {
    std::string lowered(name);
    std::ranges::transform(lowered, lowered.begin(), lower);
    return lowered;
}

const CommandSpec* find_command(std::string_view name) noexcept {
    if (name.size() < shortest_name) return nullptr;
    const std::uint64_t gist = gist_of(name);
    for (std::size_t slot = slot_of(gist); slots[slot] != no_row; slot = (slot + 1) % slot_count) {
        const CommandSpec& row = command_rows[slots[slot]];
        if (gists[slots[slot]] != gist) continue;
        if (name.size() <= told_by_gist || names(name, row.name)) return &row;
    }
    return nullptr;
}

std::span<const CommandSpec> all_commands() noexcept { return command_rows; }

std::span<const CommandSpec> subcommands(const CommandSpec& container) noexcept {
    const auto container_name = [](const CommandSpec& row) {
        return row.name.substr(0, row.name.find('|'));
    };
    // Not equal_range(): clang 14 cannot compile the subrange of libstdc++ 12.
    return {std::ranges::lower_bound(subcommand_rows, container.name, {}, container_name),
            std::ranges::upper_bound(subcommand_rows, container.name, {}, container_name)};
}

const CommandSpec* find_subcommand(const CommandSpec& container, std::string_view name) noexcept {
    for (const CommandSpec& row : subcommands(container)) {
        if (names(name, row.name.substr(container.name.size() + 1))) return &row;
    }
    return nullptr;
}

const CommandSpec* find_full_name(std::string_view name) noexcept {
    const auto bar = name.find('|');
    const CommandSpec* spec = find_command(name.substr(0, bar));
    if (spec == nullptr || bar == std::string_view::npos) return spec;
    return find_subcommand(*spec, name.substr(bar + 1));
}

Resolved resolve(Words words) noexcept {
    assert(!words.empty());
    const CommandSpec* spec = find_command(words[0]);
    if (spec == nullptr) return {};
    if (spec->has(flags::container) && words.size() > 1) {
        const CommandSpec* subcommand = find_subcommand(*spec, words[1]);
        if (subcommand == nullptr) return {spec, Handler::refuse_subcommand};
        spec = subcommand;
    }
    if (spec->handler != Handler::forward_unless_blocking) return {spec, spec->handler};
    const bool blocks = read_stream_options(words).blocks;
    return {spec, blocks ? Handler::block : Handler::forward};
}

void add_key_range(WrittenKeys& written, const KeyRange& range, Words words) {
    const auto count = static_cast<std::int64_t>(words.size());
    const auto last =
        range.last < 0 ? count + range.last : std::min<std::int64_t>(range.last, count - 1);
    for (std::int64_t i = range.first; i <= last; i += range.step) {
        written.keys.push_back(words[static_cast<std::size_t>(i)]);
    }
}

WrittenKeys written_keys(const CommandSpec& spec, Words words) {
    WrittenKeys written;
    switch (spec.writes) {
        case Writes::none:
            break;
        case Writes::all:
            written.everything = true;
            break;
        case Writes::keys:
            add_key_range(written, {spec.first_key, spec.last_key, spec.key_step}, words);
            break;
        case Writes::first:
            add_at(written, words, spec.first_key);
            break;
        case Writes::last:
            add_at(written, words, spec.last_key);
            break;
        case Writes::option:
            if (words.size() > 2) add_at(written, words, spec.first_key);
            break;
        case Writes::store:
            add_stored(written, words);
            break;
        case Writes::pop:
            add_counted(written, words, 1);
            break;
        case Writes::script:
            add_counted(written, words, 2);
            break;
        case Writes::half:
            add_streams(written, words);
            break;
        case Writes::moved:
            add_moved(written, words);
            break;
    }
    return written;
}

void append_command_info(std::string& out, const CommandSpec& spec, resp::Dialect dialect) {
    resp::append_array(out, 10);
    resp::append_bulk(out, spec.name);
    resp::append_integer(out, spec.arity);
    append_names(out, dialect, spec.flags, flag_names);
    resp::append_integer(out, spec.first_key);
    resp::append_integer(out, spec.last_key);
    resp::append_integer(out, spec.key_step);
    append_names(out, dialect, categories_of(spec), category_names);
    resp::append_set(out, dialect, 0);
    resp::append_set(out, dialect, 0);
    const auto rows = subcommands(spec);
    // As Redis has it: a set only where there are none.
    rows.empty() ? resp::append_set(out, dialect, 0) : resp::append_array(out, rows.size());
    for (const CommandSpec& row : rows) append_command_info(out, row, dialect);
}

}  // namespace nearcache::resp_server
