#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "cache/cache_service.hpp"
#include "http/config.hpp"
#include "http/origin/allow_list.hpp"
#include "http/origin/flight.hpp"
#include "http/origin/landing.hpp"
#include "net/io_threads.hpp"
#include "net/limiter.hpp"
#include "net/tls.hpp"

namespace nearcache::http::origin {

// Values that come from elsewhere: says what may be fetched, and has each fetched once for all who
// want it at a time.
//
// The flights of a key and a URL are all on one lane, so none of this needs a lock.
//
// Threads: any; the constructor the owner's.
class Origin {
  public:
    struct Services {
        net::IoThreads& threads;
        cache::CacheService& cache;
        const Clock& clock;
    };

    // Throws when the certificates cannot be read. The config outlives it.
    Origin(const OriginConfig& config, const Services& services);
    ~Origin();
    Origin(const Origin&) = delete;
    Origin& operator=(const Origin&) = delete;

    const OriginConfig& config() const noexcept { return config_; }
    // Whether anything may be fetched at all.
    bool is_on() const noexcept { return !allowed_.empty(); }
    bool allows(const Url& url) const { return allowed_.allows(url); }

    // Called when the cache does not have it; on the waiter's lane.
    void load(Order order, Waiter& waiter);

    // Ends what is under way: whoever waits is told that the server is going down.
    void stop();

  private:
    class LaneFlights;

    const OriginConfig& config_;
    const AllowList allowed_;
    std::optional<net::TlsTrust> trust_;
    net::Limiter fetches_;
    FlightDeck deck_;
    std::vector<std::unique_ptr<LaneFlights>> lanes_;
};

}  // namespace nearcache::http::origin
