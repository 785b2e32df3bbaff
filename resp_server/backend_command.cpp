#include "resp_server/backend_command.hpp"

#include <algorithm>
#include <limits>

#include "resp/reply_reader.hpp"
#include "resp_server/flag_names.hpp"

namespace nearcache::resp_server {

namespace {

using resp::ReplyReader;

// What is asked for here; the rest of flags and categories does not matter.
constexpr std::uint64_t asked_flags = flags::write | flags::readonly | flags::admin |
                                      flags::pubsub | flags::noscript | flags::blocking |
                                      flags::no_multi | flags::movable;
constexpr std::uint64_t asked_categories = flags::connection | flags::transaction;

// SELECT has no other sign than its category that it changes its connection.
constexpr std::uint64_t keeps_to_itself = flags::admin | flags::pubsub | flags::noscript |
                                          flags::blocking | flags::no_multi | flags::connection |
                                          flags::transaction;

// The fields of a command's element: six in Redis 5, seven with Redis 6, ten with Redis 7.
constexpr std::size_t fewest_fields = 6;
constexpr std::size_t categories_field = 6;
constexpr std::size_t subcommands_field = 9;

int narrowed(std::int64_t number) noexcept {
    constexpr std::int64_t limit = std::numeric_limits<int>::max();
    return static_cast<int>(std::clamp(number, -limit, limit));
}

bool read_number(ReplyReader& reader, int& number) {
    const auto read = reader.read_integer();
    if (read) number = narrowed(*read);
    return read.has_value();
}

// Adds those of the asked bits that are named.
struct Asked {
    std::span<const Named> names;
    std::uint64_t bits;
};
bool read_bits(ReplyReader& reader, const Asked& asked, std::uint64_t& bits) {
    const auto count = reader.read_array();
    if (!count) return false;
    for (std::size_t i = 0; i < *count; ++i) {
        const auto name = reader.read_text();
        if (!name) return false;
        const auto known = std::ranges::find(asked.names, *name, &Named::name);
        if (known != asked.names.end()) bits |= known->bit & asked.bits;
    }
    return true;
}

bool read_fixed_fields(ReplyReader& reader, BackendCommand& command) {
    const auto name = reader.read_text();
    if (!name || name->empty()) return false;
    command.name = *name;
    return read_number(reader, command.arity) &&
           read_bits(reader, {flag_names, asked_flags}, command.flags) &&
           read_number(reader, command.first_key) && read_number(reader, command.last_key) &&
           read_number(reader, command.key_step);
}

enum class Level { command, subcommand };

bool read_command(ReplyReader& reader, Level level, BackendCommand& command);

// Subcommands have none of their own, whatever is said.
bool read_subcommands(ReplyReader& reader, Level level, BackendCommand& command) {
    if (level == Level::subcommand) return reader.skip();
    if (reader.read_null()) return true;
    const auto count = reader.read_array();
    if (!count) return false;
    for (std::size_t i = 0; i < *count; ++i) {
        if (!read_command(reader, Level::subcommand, command.subcommands.emplace_back())) {
            return false;
        }
    }
    return true;
}

bool read_command(ReplyReader& reader, Level level, BackendCommand& command) {
    const auto fields = reader.read_array();
    if (!fields || *fields < fewest_fields || !read_fixed_fields(reader, command)) return false;
    for (std::size_t field = fewest_fields; field < *fields; ++field) {
        bool is_read = false;
        if (field == categories_field) {
            command.has_categories = true;
            is_read = read_bits(reader, {category_names, asked_categories}, command.flags);
        } else if (field == subcommands_field) {
            is_read = read_subcommands(reader, level, command);
        } else {
            is_read = reader.skip();
        }
        if (!is_read) return false;
    }
    return true;
}

std::string_view behind_bar(const BackendCommand& subcommand) noexcept {
    const std::string_view name = subcommand.name;
    const auto bar = name.find('|');
    return bar == std::string_view::npos ? name : name.substr(bar + 1);
}

}  // namespace

bool BackendCommand::may_share_connection() const noexcept {
    if (has(keeps_to_itself)) return false;
    // Without categories what declares nothing could be a SELECT by another name.
    return has(flags::write | flags::readonly) || has_categories;
}

const BackendCommand* BackendCommand::find_subcommand(std::string_view wanted) const noexcept {
    const auto found = std::ranges::find_if(subcommands, [wanted](const BackendCommand& row) {
        return std::is_eq(compare_names(behind_bar(row), wanted));
    });
    return found == subcommands.end() ? nullptr : &*found;
}

bool operator==(const BackendCommand& one, const BackendCommand& other) noexcept {
    return one.name == other.name && one.arity == other.arity && one.flags == other.flags &&
           one.first_key == other.first_key && one.last_key == other.last_key &&
           one.key_step == other.key_step && one.has_categories == other.has_categories &&
           one.subcommands == other.subcommands;
}

std::weak_ordering compare_names(std::string_view one, std::string_view other) noexcept {
    const std::size_t shorter = std::min(one.size(), other.size());
    for (std::size_t i = 0; i < shorter; ++i) {
        const auto order = lower(one[i]) <=> lower(other[i]);
        if (std::is_neq(order)) return order;
    }
    return one.size() <=> other.size();
}

std::optional<std::vector<BackendCommand>> read_commands(std::string_view reply) {
    ReplyReader reader(reply);
    const auto count = reader.read_array();
    if (!count) return std::nullopt;
    std::vector<BackendCommand> commands;
    for (std::size_t i = 0; i < *count; ++i) {
        if (reader.read_null()) continue;
        if (!read_command(reader, Level::command, commands.emplace_back())) return std::nullopt;
    }
    if (!reader.is_at_end()) return std::nullopt;
    return commands;
}

WrittenKeys written_keys(const BackendCommand& command, std::span<const std::string_view> words) {
    WrittenKeys written;
    if (!command.may_write()) return written;
    written.everything =
        !command.has(flags::write) || command.has(flags::movable) || !command.has_key_range();
    if (!written.everything) add_key_range(written, command.key_range(), words);
    return written;
}

}  // namespace nearcache::resp_server
