#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <vector>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>

namespace nearcache::net {

// Which thread of the pool: 0 .. IoThreads::size() - 1. A connection, its requests and its link to
// the backend stay on one lane for good, so what belongs to a lane needs no lock.
using LaneId = std::size_t;

using IoContext = boost::asio::io_context;

// The one thread pool of the process. Each of its threads runs one io_context, its lane: that
// thread is the strand of everything on the lane. One more thread runs the control lane, which
// serves no client: what has to be heard in time is not kept waiting by a busy lane.
class IoThreads {
  public:
    // The threads start with run().
    explicit IoThreads(std::size_t count);
    ~IoThreads();
    IoThreads(const IoThreads&) = delete;
    IoThreads& operator=(const IoThreads&) = delete;

    // The lanes that serve; the control lane is not among them.
    //
    // Threads: any.
    std::size_t size() const noexcept { return lanes_.size() - 1; }
    IoContext& lane(LaneId id) noexcept { return lanes_[id]->context; }
    IoContext& control() noexcept { return lanes_.back()->context; }

    // Starts the threads; returns at once.
    void run();

    // Lets the lanes end once nothing is left to do on them; have_ended() says when they have.
    void release() noexcept;
    bool have_ended() const noexcept { return running_.load(std::memory_order_acquire) == 0; }

    // Ends the lanes with whatever is still pending on them, and joins the threads.
    void stop_and_join();

  private:
    using WorkGuard = boost::asio::executor_work_guard<IoContext::executor_type>;
    struct Lane {
        IoContext context{1};
        WorkGuard work{context.get_executor()};
    };

    std::vector<std::unique_ptr<Lane>> lanes_;  // the last is the control lane
    std::atomic<std::size_t> running_{0};
    boost::asio::thread_pool pool_;
};

}  // namespace nearcache::net
