#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <vector>

#include <boost/asio/steady_timer.hpp>
#include <boost/intrusive/list.hpp>

#include "base/clock.hpp"
#include "net/io_threads.hpp"

namespace nearcache::net {

// One client's connection as its lane sees it: started once, looked at now and then, ended by
// itself or from outside. It always has something pending (a read, a write, a reply) until it asks
// Connections to remove it, and it asks only from a handler of its own.
//
// Threads: its lane's.
class Connection : public boost::intrusive::list_base_hook<> {
  public:
    virtual ~Connection() = default;

    virtual void start() = 0;
    // The deadline set last has passed.
    virtual void on_deadline() = 0;
    // Answer what was asked already, take no more, then close.
    virtual void drain() = 0;
    // Close now.
    virtual void cut() = 0;

    TimePoint deadline() const noexcept { return deadline_; }

  protected:
    static constexpr TimePoint never = TimePoint::max();

    void set_deadline(TimePoint when) noexcept { deadline_ = when; }

  private:
    TimePoint deadline_ = never;
};

// The connections of one lane: owns them, and closes what is overdue with one timer for all of
// them, so that a request costs no timer. A deadline is noticed at most `tick` late.
//
// Threads: its lane's, except size().
class Connections {
  public:
    static constexpr std::chrono::milliseconds tick{100};

    Connections(IoContext& context, const Clock& clock);
    ~Connections();
    Connections(const Connections&) = delete;
    Connections& operator=(const Connections&) = delete;

    void add(std::unique_ptr<Connection> connection);
    // Destroys it.
    void remove(Connection& connection) noexcept;

    // From here on new connections are drained as soon as they are added.
    void drain_all();
    void cut_all();

    // Threads: any.
    std::size_t size() const noexcept { return size_.load(std::memory_order_relaxed); }

  private:
    void wait_for_tick();
    void sweep();

    boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                      boost::asio::wait_traits<std::chrono::steady_clock>,
                                      IoContext::executor_type>
        timer_;
    const Clock& clock_;
    boost::intrusive::list<Connection> open_;
    std::atomic<std::size_t> size_{0};
    bool is_draining_ = false;
};

// The connections of one door on all lanes.
//
// Threads: any, except operator[]: the lane's.
class ConnectionLanes {
  public:
    ConnectionLanes(IoThreads& threads, const Clock& clock);

    Connections& operator[](LaneId lane) noexcept { return *lanes_[lane]; }

    void drain_all();
    void cut_all();
    std::size_t size() const noexcept;

  private:
    IoThreads& threads_;
    std::vector<std::unique_ptr<Connections>> lanes_;
};

}  // namespace nearcache::net
