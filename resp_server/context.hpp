#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <string>

#include "base/clock.hpp"
#include "cache/cache_service.hpp"
#include "net/io_threads.hpp"
#include "net/limiter.hpp"
#include "resp_server/client_list.hpp"
#include "resp_server/command_answers.hpp"
#include "resp_server/config.hpp"
#include "resp_server/known_commands.hpp"

namespace nearcache::resp_server {

// Counted by one lane, read by all.
struct alignas(64) Counters {
    std::atomic<std::uint64_t> commands{0};
    std::atomic<std::uint64_t> connections{0};
    std::atomic<std::uint64_t> protocol_errors{0};

    // Only the lane itself writes, so there is nothing to lock against.
    static void add(std::atomic<std::uint64_t>& counter, std::uint64_t more) noexcept {
        counter.store(counter.load(std::memory_order_relaxed) + more, std::memory_order_relaxed);
    }
};

// What INFO and HELLO say of the process.
struct Facts {
    std::string version;
    std::string redis_version = "7.0.15";  // whose behaviour the door has
    std::string run_id;
    std::string backend;  // its URL, without secrets
    std::size_t threads = 1;
    std::size_t most_own_connections = 0;  // that the backend lends
    std::atomic<std::uint16_t> tcp_port{0};
    TimePoint started_at{};
};

// What all sessions of the door share.
struct Context {
    const Config& config;
    net::IoThreads& threads;
    cache::CacheService& cache;
    const Clock& clock;
    net::Limiter& in_flight;
    net::Limiter& connections;
    const Facts& facts;
    std::deque<Counters> counters;                       // one a lane; never moves
    ClientLists clients = ClientLists(counters.size());  // of each lane
    std::atomic<std::uint64_t> next_client_id{1};
    KnownCommands commands{};          // what the backend says of its commands
    CommandAnswers command_answers{};  // and what clients were told of them
};

}  // namespace nearcache::resp_server
