#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "resp_server/command_table.hpp"

namespace nearcache::resp_server {

// A command as the backend's own table has it: what is known of commands that are not in ours.
struct BackendCommand {
    std::string name;         // as its server spells it; a subcommand's is "config|get"
    int arity = -1;           // as in CommandSpec
    std::uint64_t flags = 0;  // of namespace flags, as far as what follows here asks for them
    int first_key = 0;        // as in CommandSpec, and so are the next two
    int last_key = 0;
    int key_step = 0;
    bool has_categories = false;  // Redis 6 and newer
    std::vector<BackendCommand> subcommands;

    bool has(std::uint64_t any_of) const noexcept { return (flags & any_of) != 0; }
    bool takes(std::size_t words) const noexcept { return fits_arity(arity, words); }
    // May change keys as far as its server tells: what declares neither to write nor to only read
    // may do anything.
    bool may_write() const noexcept { return has(flags::write) || !has(flags::readonly); }
    bool has_key_range() const noexcept { return first_key > 0 && last_key != 0 && key_step > 0; }
    // Only if it has one.
    KeyRange key_range() const noexcept { return {first_key, last_key, key_step}; }
    // Known to get one reply, to wait for nobody and to leave nothing behind on its connection.
    bool may_share_connection() const noexcept;
    // By "usage" of "memory|usage", in any case; null when there is none.
    const BackendCommand* find_subcommand(std::string_view wanted) const noexcept;

    friend bool operator==(const BackendCommand& one, const BackendCommand& other) noexcept;
};

// Commands have no order of case: the first difference in lower case decides.
std::weak_ordering compare_names(std::string_view one, std::string_view other) noexcept;

// The reply to COMMAND, or to COMMAND INFO without what it does not know. Empty when it is
// something else, whatever that may be.
std::optional<std::vector<BackendCommand>> read_commands(std::string_view reply);

// Everything when the keys are not all at fixed places, or when the command does not say what it
// does.
WrittenKeys written_keys(const BackendCommand& command, std::span<const std::string_view> words);

}  // namespace nearcache::resp_server
