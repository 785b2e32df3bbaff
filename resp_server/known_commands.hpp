#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "resp_server/command_catalogue.hpp"

namespace nearcache::resp_server {

// What the backend has said of its commands. Nothing that was handed out is ever destroyed before
// this is, so a reader needs no lock and no count of references; what is said again costs nothing.
//
// Threads: any, except publish(): one.
class KnownCommands {
  public:
    // The newest catalogue; null when none was read yet. While the connection is a new one and its
    // catalogue is on its way, this is that of the last one.
    const CommandCatalogue* current() const noexcept {
        return current_.load(std::memory_order_acquire);
    }
    // The same, but null when it contradicts no row of our table, which is usual: all that the path
    // of a common command has to look at.
    const CommandCatalogue* contradicting() const noexcept {
        return contradicting_.load(std::memory_order_acquire);
    }
    // Where the backend's table contradicts the row of ours; null, and quickly so, on an ordinary
    // server.
    const CommandCatalogue::Difference* difference(const CommandSpec& ours) const noexcept {
        const auto* const catalogue = contradicting();
        return catalogue == nullptr ? nullptr : catalogue->difference(ours);
    }
    // False when it says what was known already.
    bool publish(std::unique_ptr<const CommandCatalogue> catalogue);

    // A command by its name in any case: from the catalogue, or from what was learned since that
    // many connections were made. Null when it is in neither.
    const BackendCommand* find(std::string_view name, std::uint64_t connections_made) const;
    // Keeps what the backend said when it was asked for one name: COMMAND does not list a command
    // under the name that rename-command gave it, nor what a module brings later.
    const BackendCommand* learn(std::string_view name, std::uint64_t connections_made,
                                BackendCommand&& command);

  private:
    struct Learned {
        const BackendCommand* command = nullptr;
        std::uint64_t connections_made = 0;
    };
    // Far more than a server can have; only one that says something new each time gets there.
    static constexpr std::size_t most_learned = 4096;

    std::atomic<const CommandCatalogue*> current_{nullptr};
    std::atomic<const CommandCatalogue*> contradicting_{nullptr};
    std::vector<std::unique_ptr<const CommandCatalogue>> catalogues_;  // the publisher's alone

    mutable std::mutex mutex_;                                 // guards what follows
    boost::unordered_flat_map<std::string, Learned> learned_;  // by name in lower case
    std::deque<BackendCommand> rows_;                          // never shrinks
};

}  // namespace nearcache::resp_server
