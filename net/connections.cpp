#include "net/connections.hpp"

#include <boost/asio/post.hpp>

namespace nearcache::net {

Connections::Connections(IoContext& context, const Clock& clock)
    : timer_(context.get_executor()), clock_(clock) {}

Connections::~Connections() {
    open_.clear_and_dispose([](Connection* connection) { delete connection; });
}

void Connections::add(std::unique_ptr<Connection> connection) {
    const bool is_first = open_.empty();
    open_.push_back(*connection.release());
    size_.fetch_add(1, std::memory_order_relaxed);
    open_.back().start();
    if (is_draining_) open_.back().drain();
    if (is_first) wait_for_tick();
}

void Connections::remove(Connection& connection) noexcept {
    size_.fetch_sub(1, std::memory_order_relaxed);
    open_.erase_and_dispose(open_.iterator_to(connection), [](Connection* gone) { delete gone; });
}

void Connections::drain_all() {
    is_draining_ = true;
    for (auto& connection : open_) connection.drain();
}

void Connections::cut_all() {
    is_draining_ = true;
    for (auto& connection : open_) connection.cut();
}

void Connections::wait_for_tick() {
    timer_.expires_after(tick);
    timer_.async_wait([this](boost::system::error_code error) {
        if (!error) sweep();
    });
}

void Connections::sweep() {
    const auto now = clock_.now();
    for (auto& connection : open_) {
        if (connection.deadline() <= now) connection.on_deadline();
    }
    // With nobody left to watch the timer rests, so that a lane without work can end.
    if (!open_.empty()) wait_for_tick();
}

ConnectionLanes::ConnectionLanes(IoThreads& threads, const Clock& clock) : threads_(threads) {
    for (LaneId lane = 0; lane < threads.size(); ++lane) {
        lanes_.push_back(std::make_unique<Connections>(threads.lane(lane), clock));
    }
}

void ConnectionLanes::drain_all() {
    for (LaneId lane = 0; lane < lanes_.size(); ++lane) {
        boost::asio::post(threads_.lane(lane), [&all = *lanes_[lane]] { all.drain_all(); });
    }
}

void ConnectionLanes::cut_all() {
    for (LaneId lane = 0; lane < lanes_.size(); ++lane) {
        boost::asio::post(threads_.lane(lane), [&all = *lanes_[lane]] { all.cut_all(); });
    }
}

std::size_t ConnectionLanes::size() const noexcept {
    std::size_t open = 0;
    for (const auto& lane : lanes_) open += lane->size();
    return open;
}

}  // namespace nearcache::net
