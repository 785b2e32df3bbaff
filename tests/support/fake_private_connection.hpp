#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "backend/backend.hpp"

namespace nearcache::tests {

// A connection that a FakeBackend has lent, as the test sees it: what was sent over it, and what
// became of it. It says only what the test makes it say, and stays readable after its end.
//
// Threads: one.
class FakePrivateConnection {
  public:
    FakePrivateConnection(const backend::Route& route,
                          backend::PrivateConnection::Listener& listener, std::int64_t id)
        : route_(route), listener_(listener), id_(id) {}

    // What it was lent for; what it was given back as, once it was.
    const backend::Route& route() const noexcept { return route_; }
    const std::string& sent_bytes() const noexcept { return sent_; }
    // What was sent since the last call.
    std::string take_sent() { return std::exchange(sent_, {}); }
    // What the borrower said of the values it waits for, in order: true: within the time-out.
    const std::vector<bool>& expectations() const noexcept { return expectations_; }
    bool is_held() const noexcept { return is_held_; }
    // The borrower sends nothing more.
    bool is_ending() const noexcept { return is_ending_; }
    // Neither destroyed nor given back nor lost.
    bool is_lent() const noexcept { return is_lent_; }
    bool was_given_back() const noexcept { return was_given_back_; }

    // What the backend does, as from a handler of the lane.
    void give(std::string_view value) {
        require_lent();
        listener_.on_value({value});
    }
    void lose(Errc why) {
        require_lent();
        is_lent_ = false;
        listener_.on_lost(why);
    }
    void set_id(std::int64_t id) noexcept { id_ = id; }

  private:
    friend class FakeBackend;

    // What the borrower holds.
    class Handle final : public backend::PrivateConnection {
      public:
        explicit Handle(std::shared_ptr<FakePrivateConnection> seen) : seen_(std::move(seen)) {}
        Handle(const Handle&) = delete;
        Handle& operator=(const Handle&) = delete;
        ~Handle() override { seen_->is_lent_ = false; }

        void send(const net::Slice& command) override { seen_->sent_.append(command.bytes); }
        void expect_value(bool within_time) override {
            seen_->expectations_.push_back(within_time);
        }
        void hold(bool is_held) override { seen_->is_held_ = is_held; }
        void end() override { seen_->is_ending_ = true; }
        std::int64_t id() const noexcept override { return seen_->id_; }

        FakePrivateConnection& seen() noexcept { return *seen_; }

      private:
        const std::shared_ptr<FakePrivateConnection> seen_;
    };

    void require_lent() const {
        if (!is_lent_) throw std::logic_error("nobody holds this connection any more");
    }

    backend::Route route_;
    backend::PrivateConnection::Listener& listener_;
    std::int64_t id_;
    std::string sent_;
    std::vector<bool> expectations_;
    bool is_held_ = false;
    bool is_ending_ = false;
    bool is_lent_ = true;
    bool was_given_back_ = false;
};

}  // namespace nearcache::tests
