#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "backend/backend.hpp"
#include "backend/redis/connector.hpp"
#include "backend/redis/context.hpp"
#include "backend/redis/link.hpp"
#include "backend/redis/sweep_timer.hpp"
#include "net/io_threads.hpp"
#include "resp/dialect.hpp"

namespace nearcache::backend::redis {

// The links of one lane: the home one, of the URL's database and in RESP2, and one for every other
// database and dialect that clients of the lane have chosen. Those are made at first use, and let
// go when nobody has used them for a while.
//
// Threads: its lane's, except home(), and is_up() of it.
class LinkSet {
  public:
    // More are not had at a time; the one that was not used for longest gives way.
    static constexpr std::size_t most_others = 64;
    static constexpr std::chrono::seconds kept_unused{60};

    LinkSet(const Context& shared, net::LaneId lane);
    LinkSet(const LinkSet&) = delete;
    LinkSet& operator=(const LinkSet&) = delete;

    void start() { home_.start(); }
    void stop();

    Link& home() noexcept { return home_; }
    const Link& home() const noexcept { return home_; }
    // Null when there are as many as may be, and somebody waits on each of them.
    Link* find(std::uint32_t database, resp::Dialect dialect) {
        if (home_.footing().serves(database, dialect)) return &home_;
        return find_other(database, dialect);
    }

  private:
    Link* find_other(std::uint32_t database, resp::Dialect dialect);
    Link* open(std::uint32_t database, resp::Dialect dialect);
    bool make_room();
    void retire(std::size_t index);
    bool sweep();

    const Context shared_;
    const net::LaneId lane_;
    Link home_;
    std::vector<std::unique_ptr<Link>> others_;
    std::vector<std::unique_ptr<Link>> retired_;  // stopped, and not ended yet
    SweepTimer sweeps_;
};

}  // namespace nearcache::backend::redis
