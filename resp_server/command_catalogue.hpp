#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "resp_server/backend_command.hpp"
#include "resp_server/command_table.hpp"

namespace nearcache::resp_server {

// The backend's own table of commands, read once: what it has that our table has not, and where it
// contradicts our table in what may be written.
//
// Threads: any; it never changes.
class CommandCatalogue {
  public:
    CommandCatalogue() = default;  // of a backend that does not show its table
    explicit CommandCatalogue(std::vector<BackendCommand> commands);
    CommandCatalogue(const CommandCatalogue&) = delete;
    CommandCatalogue& operator=(const CommandCatalogue&) = delete;

    // In any case; null when the backend has not listed it.
    const BackendCommand* find(std::string_view name) const noexcept;

    // How the backend's table contradicts a row of ours that goes to the backend.
    struct Difference {
        const BackendCommand* theirs = nullptr;
        bool blocks = false;          // and our row does not know it
        bool writes_a_range = false;  // beside the keys that our row knows
        bool writes_anything = false;

        bool is_any() const noexcept { return blocks || writes_a_range || writes_anything; }
    };
    // Null when both agree, which is usual.
    const Difference* difference(const CommandSpec& ours) const noexcept;
    // What a command of a differing row may change by either table.
    static WrittenKeys written_keys(const CommandSpec& ours, const Difference& difference,
                                    std::span<const std::string_view> words);

    std::size_t size() const noexcept { return commands_.size(); }
    // How many of them our table does not have.
    std::size_t foreign() const noexcept;
    // How many rows of ours, subcommands included, it contradicts.
    std::size_t differing() const noexcept { return differences_.size(); }
    // The first few of them, with a comma between them.
    std::string differing_names() const;

    bool is_same_as(const CommandCatalogue& other) const noexcept {
        return commands_ == other.commands_;
    }

  private:
    void compare(const CommandSpec& ours, const BackendCommand* theirs);
    const BackendCommand* subcommand_of(const BackendCommand& container,
                                        const CommandSpec& ours) const noexcept;

    std::vector<BackendCommand> commands_;  // sorted by name
    boost::unordered_flat_map<const CommandSpec*, Difference> differences_;
};

}  // namespace nearcache::resp_server
