#include "backend/redis/standalone_backend.hpp"

#include <algorithm>

#include <boost/asio/post.hpp>

namespace nearcache::backend::redis {

StandaloneBackend::StandaloneBackend(const Config& config, net::IoThreads& threads,
                                     const Clock& clock)
    : config_(config), threads_(threads) {
    const Context shared{threads_, config_, clock, acquaintance_};
    for (net::LaneId lane = 0; lane < threads.size(); ++lane) {
        links_.push_back(std::make_unique<Link>(shared, lane));
    }
    tracking_ = std::make_unique<redis::Tracking>(shared, *links_.front());
}

void StandaloneBackend::get(net::LaneId lane, std::string_view key, GetCompletion& completion) {
    links_[lane]->get(key, completion);
}

void StandaloneBackend::forward(net::LaneId lane, std::string_view command,
                                ForwardCompletion& completion) {
    links_[lane]->forward(command, completion);
}

void StandaloneBackend::start(InvalidationListener& listener) {
    for (net::LaneId lane = 0; lane < links_.size(); ++lane) {
        boost::asio::post(threads_.lane(lane), [&link = *links_[lane]] { link.start(); });
    }
    if (config_.tracking.is_wanted) tracking_->start(listener);
}

void StandaloneBackend::stop() {
    for (net::LaneId lane = 0; lane < links_.size(); ++lane) {
        boost::asio::post(threads_.lane(lane), [&link = *links_[lane]] { link.stop(); });
    }
    tracking_->stop();
}

bool StandaloneBackend::is_reachable() const noexcept {
    return std::ranges::any_of(links_, [](const auto& link) { return link->is_up(); });
}

}  // namespace nearcache::backend::redis
