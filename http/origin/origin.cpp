#include "http/origin/origin.hpp"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include <boost/asio/post.hpp>

namespace nearcache::http::origin {

// The flights of one lane.
//
// Threads: its lane's.
class Origin::LaneFlights final : public Flight::Ground {
  public:
    LaneFlights(FlightDeck& deck, net::LaneId lane) : deck_(deck), lane_(lane) {}

    void board(Order order, Waiter& waiter) {
        const auto ttl = order.ttl;
        auto name = name_of(order);
        if (auto* const open = find(name, order)) return open->add(waiter, ttl);
        auto opened = std::make_unique<Flight>(deck_, lane_, *this, std::move(order));
        auto& flight = *flights_.emplace(std::move(name), std::move(opened))->second;
        flight.add(waiter, ttl);
        if (is_stopped_) flight.stop();
        flight.begin();
    }

    void stop() {
        is_stopped_ = true;
        // Each may land at once.
        for (auto next = flights_.begin(); next != flights_.end();) (next++)->second->stop();
    }

  private:
    // A digest has the same length always.
    static std::string name_of(const Order& order) { return order.url_digest + order.key; }

    Flight* find(const std::string& name, const Order& order) const {
        if (order.has_directives) return nullptr;
        const auto [begin, end] = flights_.equal_range(name);
        const auto found =
            std::find_if(begin, end, [](const auto& entry) { return entry.second->is_shared(); });
        return found == end ? nullptr : found->second.get();
    }

    void on_landed(Flight& flight) override {
        const auto [begin, end] = flights_.equal_range(name_of(flight.order()));
        flights_.erase(std::find_if(
            begin, end, [&flight](const auto& entry) { return entry.second.get() == &flight; }));
    }

    Flight* find_fetching(const Flight& flight) override {
        const auto [begin, end] = flights_.equal_range(name_of(flight.order()));
        const auto found = std::find_if(begin, end, [&flight](const auto& entry) {
            return entry.second.get() != &flight && entry.second->is_fetching();
        });
        return found == end ? nullptr : found->second.get();
    }

    FlightDeck& deck_;
    const net::LaneId lane_;
    std::unordered_multimap<std::string, std::unique_ptr<Flight>> flights_;
    bool is_stopped_ = false;
};

Origin::Origin(const OriginConfig& config, const Services& services)
    : config_(config), allowed_(config.allow), fetches_(config.max_fetches), deck_{config_,
                                                                                   nullptr,
                                                                                   services.threads,
                                                                                   services.cache,
                                                                                   services.clock,
                                                                                   fetches_} {
    if (allowed_.needs_tls()) deck_.trust = &trust_.emplace(config.ca_file);
    for (net::LaneId lane = 0; lane < services.threads.size(); ++lane) {
        lanes_.push_back(std::make_unique<LaneFlights>(deck_, lane));
    }
}

Origin::~Origin() = default;

void Origin::load(Order order, Waiter& waiter) {
    const auto home = cache::Key(order.url_digest).hash % lanes_.size();
    boost::asio::post(deck_.threads.lane(home),
                      [&flights = *lanes_[home], order = std::move(order), &waiter]() mutable {
                          flights.board(std::move(order), waiter);
                      });
}

void Origin::stop() {
    for (net::LaneId lane = 0; lane < lanes_.size(); ++lane) {
        boost::asio::post(deck_.threads.lane(lane), [&flights = *lanes_[lane]] { flights.stop(); });
    }
}

}  // namespace nearcache::http::origin
