#include "net/io_threads.hpp"

#include <boost/asio/post.hpp>

namespace nearcache::net {

IoThreads::IoThreads(std::size_t count) : pool_(count + 1) {
    lanes_.reserve(count + 1);
    for (std::size_t i = 0; i <= count; ++i) lanes_.push_back(std::make_unique<Lane>());
}

IoThreads::~IoThreads() { stop_and_join(); }

void IoThreads::run() {
    for (auto& lane : lanes_) {
        running_.fetch_add(1, std::memory_order_relaxed);
        boost::asio::post(pool_, [this, &context = lane->context] {
            context.run();
            running_.fetch_sub(1, std::memory_order_release);
        });
    }
}

void IoThreads::release() noexcept {
    for (auto& lane : lanes_) lane->work.reset();
}

void IoThreads::stop_and_join() {
    for (auto& lane : lanes_) lane->context.stop();
    pool_.join();
}

}  // namespace nearcache::net
