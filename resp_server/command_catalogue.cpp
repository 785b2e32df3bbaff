#include "resp_server/command_catalogue.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace nearcache::resp_server {

namespace {

// Whether a command of the row reaches the backend as the client sent it, or as a GET.
bool reaches_backend(const CommandSpec& row) noexcept {
    switch (row.handler) {
        case Handler::forward:
        case Handler::forward_unless_blocking:
        case Handler::get:
        case Handler::mget:
        case Handler::string_length:
        case Handler::string_range:
        case Handler::exists:
        case Handler::expiry:
        case Handler::type:
            return true;
        default:
            return false;
    }
}

bool may_write(const CommandSpec& ours, const BackendCommand& theirs) noexcept {
    const auto declares = flags::write | flags::readonly;
    // Some of Redis's own declare nothing, EVAL and PUBLISH among them, and our rows know why.
    return theirs.may_write() && (theirs.has(declares) || ours.has(declares));
}

CommandCatalogue::Difference difference_between(const CommandSpec& ours,
                                                const BackendCommand& theirs) noexcept {
    CommandCatalogue::Difference found;
    found.theirs = &theirs;
    found.blocks = theirs.has(flags::blocking) && !ours.has(flags::blocking);
    if (!may_write(ours, theirs) || ours.writes == Writes::all) return found;

    const bool we_write = ours.access == Access::write;
    const bool is_newly_movable = theirs.has(flags::movable) && !ours.has(flags::movable);
    if (!theirs.has(flags::write) || is_newly_movable) {
        found.writes_anything = true;
        return found;
    }
    const bool has_same_keys = theirs.first_key == ours.first_key &&
                               theirs.last_key == ours.last_key && theirs.key_step == ours.key_step;
    if (we_write && has_same_keys) return found;
    // Our row knows where movable keys are; of other commands without a range nobody does.
    const bool are_keys_known = theirs.has_key_range() || (we_write && ours.has(flags::movable));
    found.writes_a_range = theirs.has_key_range();
    found.writes_anything = !are_keys_known;
    return found;
}

}  // namespace

CommandCatalogue::CommandCatalogue(std::vector<BackendCommand> commands)
    : commands_(std::move(commands)) {
    std::ranges::stable_sort(commands_, [](const auto& one, const auto& other) {
        return std::is_lt(compare_names(one.name, other.name));
    });
    for (const CommandSpec& ours : all_commands()) {
        const auto* const theirs = find(ours.name);
        if (theirs == nullptr) continue;
        compare(ours, theirs);
        for (const CommandSpec& row : subcommands(ours)) compare(row, subcommand_of(*theirs, row));
    }
}

const BackendCommand* CommandCatalogue::find(std::string_view name) const noexcept {
    const auto found = std::ranges::lower_bound(
        commands_, name,
        [](std::string_view one, std::string_view other) {
            return std::is_lt(compare_names(one, other));
        },
        &BackendCommand::name);
    const bool is_it = found != commands_.end() && std::is_eq(compare_names(found->name, name));
    return is_it ? &*found : nullptr;
}

// Before Redis 7 a container speaks for all its subcommands.
const BackendCommand* CommandCatalogue::subcommand_of(const BackendCommand& container,
                                                      const CommandSpec& ours) const noexcept {
    if (container.subcommands.empty()) return &container;
    return container.find_subcommand(ours.name.substr(ours.name.find('|') + 1));
}

void CommandCatalogue::compare(const CommandSpec& ours, const BackendCommand* theirs) {
    if (theirs == nullptr || !reaches_backend(ours)) return;
    const auto found = difference_between(ours, *theirs);
    if (found.is_any()) differences_.emplace(&ours, found);
}

const CommandCatalogue::Difference* CommandCatalogue::difference(
    const CommandSpec& ours) const noexcept {
    const auto found = differences_.find(&ours);
    return found == differences_.end() ? nullptr : &found->second;
}

WrittenKeys CommandCatalogue::written_keys(const CommandSpec& ours, const Difference& difference,
                                           std::span<const std::string_view> words) {
    auto written = resp_server::written_keys(ours, words);
    if (difference.writes_a_range) add_key_range(written, difference.theirs->key_range(), words);
    written.everything = written.everything || difference.writes_anything;
    return written;
}

std::size_t CommandCatalogue::foreign() const noexcept {
    const auto is_foreign = [](const auto& row) { return find_command(row.name) == nullptr; };
    return static_cast<std::size_t>(std::ranges::count_if(commands_, is_foreign));
}

std::string CommandCatalogue::differing_names() const {
    constexpr std::size_t enough = 200;
    std::string names;
    for (const auto& [ours, difference] : differences_) {
        if (names.size() > enough) return names + ",...";
        if (!names.empty()) names += ',';
        names += ours->name;
    }
    return names;
}

}  // namespace nearcache::resp_server
