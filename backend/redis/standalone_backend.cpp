#include "backend/redis/standalone_backend.hpp"

#include <algorithm>
#include <utility>

#include <boost/asio/post.hpp>

#include "backend/fail_soon.hpp"

namespace nearcache::backend::redis {

StandaloneBackend::StandaloneBackend(const Config& config, net::IoThreads& threads,
                                     const Clock& clock)
    : config_(config), threads_(threads), lendable_(config.max_private_connections) {
    const Context shared{threads_, config_, clock, acquaintance_};
    for (net::LaneId lane = 0; lane < threads.size(); ++lane) {
        links_.push_back(std::make_unique<LinkSet>(shared, lane));
        conditional_writes_.push_back(
            std::make_unique<ConditionalWrites>(*this, threads.lane(lane)));
        private_links_.push_back(std::make_unique<PrivateLinks>(shared, lane, lendable_));
    }
    tracking_ = std::make_unique<redis::Tracking>(shared, links_.front()->home());
}

template <class Completion, class Ask>
void StandaloneBackend::ask(const Route& route, Completion& completion, Ask&& ask) {
    auto* const link = links_[route.lane]->find(route.database, route.dialect);
    if (link != nullptr) return ask(*link);
    fail_soon(threads_.lane(route.lane), completion, Errc::backend_unreachable);
}

void StandaloneBackend::get(const Route& route, std::string_view key, GetCompletion& completion) {
    ask(route, completion, [&](Link& link) { link.get(key, completion); });
}

void StandaloneBackend::get_many(const Route& route, std::span<const std::string_view> keys,
                                 GetManyCompletion& completion) {
    ask(route, completion, [&](Link& link) { link.get_many(keys, completion); });
}

void StandaloneBackend::forward(const Route& route, const net::Slice& command,
                                ForwardCompletion& completion) {
    ask(route, completion, [&](Link& link) { link.forward(command, completion); });
}

void StandaloneBackend::forward_if(const Route& route, Condition condition,
                                   const net::Slice& command, ConditionalCompletion& completion) {
    if (private_links_[route.lane]->is_stopped()) {
        return fail_soon(threads_.lane(route.lane), completion, Errc::shutting_down);
    }
    conditional_writes_[route.lane]->begin(route, std::move(condition), command, completion);
}

void StandaloneBackend::try_select(const Route& route, std::string_view database,
                                   ForwardCompletion& completion) {
    ask(route, completion, [&](Link& link) { link.try_select(database, completion); });
}

std::unique_ptr<PrivateConnection> StandaloneBackend::lend(const Route& route,
                                                           PrivateConnection::Listener& listener) {
    return private_links_[route.lane]->lend(route, listener);
}

void StandaloneBackend::take_back(std::unique_ptr<PrivateConnection> connection,
                                  const Route& route) {
    private_links_[route.lane]->take_back(std::move(connection), route);
}

void StandaloneBackend::start(InvalidationListener& listener) {
    for (net::LaneId lane = 0; lane < links_.size(); ++lane) {
        boost::asio::post(threads_.lane(lane), [&links = *links_[lane]] { links.start(); });
    }
    if (config_.tracking.is_wanted) tracking_->start(listener);
}

void StandaloneBackend::stop() {
    for (net::LaneId lane = 0; lane < links_.size(); ++lane) {
        boost::asio::post(threads_.lane(lane),
                          [&links = *links_[lane], &lent = *private_links_[lane]] {
                              links.stop();
                              lent.stop();
                          });
    }
    tracking_->stop();
}

bool StandaloneBackend::is_reachable() const noexcept {
    return std::ranges::any_of(links_, [](const auto& links) { return links->home().is_up(); });
}

}  // namespace nearcache::backend::redis
