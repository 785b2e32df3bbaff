#include "resp_server/known_commands.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace nearcache::resp_server {

// A server that comes back is found among all that there were, so a link that flaps piles up
// nothing.
bool KnownCommands::publish(std::unique_ptr<const CommandCatalogue> catalogue) {
    auto known = std::ranges::find_if(
        catalogues_, [&](const auto& earlier) { return earlier->is_same_as(*catalogue); });
    if (known == catalogues_.end()) {
        catalogues_.push_back(std::move(catalogue));
        known = std::prev(catalogues_.end());
    }
    const auto* const newest = known->get();
    contradicting_.store(newest->differing() == 0 ? nullptr : newest, std::memory_order_release);
    return current_.exchange(newest, std::memory_order_acq_rel) != newest;
}

const BackendCommand* KnownCommands::find(std::string_view name,
                                          std::uint64_t connections_made) const {
    if (const auto* const catalogue = current()) {
        if (const auto* const listed = catalogue->find(name)) return listed;
    }
    const auto key = in_lower_case(name);
    const std::lock_guard lock(mutex_);
    const auto found = learned_.find(key);
    const bool is_known =
        found != learned_.end() && found->second.connections_made == connections_made;
    return is_known ? found->second.command : nullptr;
}

const BackendCommand* KnownCommands::learn(std::string_view name, std::uint64_t connections_made,
                                           BackendCommand&& command) {
    auto key = in_lower_case(name);
    const std::lock_guard lock(mutex_);
    const auto same = std::ranges::find(rows_, command);
    if (same == rows_.end() && rows_.size() == most_learned) return nullptr;
    const auto& row = same != rows_.end() ? *same : rows_.emplace_back(std::move(command));
    learned_[std::move(key)] = {&row, connections_made};
    return &row;
}

}  // namespace nearcache::resp_server
