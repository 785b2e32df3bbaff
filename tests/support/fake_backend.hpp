#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "backend/backend.hpp"

namespace nearcache::tests {

// A backend that says nothing until the test tells it to. Answers lanes in any order; within one
// lane only in the order of its commands, as every backend must: a test that tries otherwise fails
// with a std::logic_error.
//
// An answer is given at once, as on the lane that asked.
//
// Threads: one.
class FakeBackend final : public backend::Backend {
  public:
    using Remaining = std::optional<std::chrono::milliseconds>;

    void get(net::LaneId lane, std::string_view key, backend::GetCompletion& completion) override;
    void forward(net::LaneId lane, std::string_view command,
                 backend::ForwardCompletion& completion) override;
    void start(backend::InvalidationListener& listener) override { listener_ = &listener; }
    bool changes_only_here() const noexcept override { return changes_only_here_; }
    void set_changes_only_here(bool it_does) noexcept { changes_only_here_ = it_does; }
    void stop() override { fail_all(Errc::shutting_down); }
    bool is_reachable() const noexcept override { return is_reachable_; }
    void set_reachable(bool is_reachable) noexcept { is_reachable_ = is_reachable; }
    std::uint64_t connections_made() const noexcept override { return connections_made_; }
    // As if a connection had been lost and made again, perhaps to another server.
    void make_connection() noexcept { ++connections_made_; }

    // Who was given to start(); the test tells it what a control connection would.
    backend::InvalidationListener& listener() const;
    // What answers say of the server they come from, from now on.
    void set_tracked(bool is_tracked) noexcept { is_tracked_ = is_tracked; }

    // Each answers the lane's oldest command, which must be a get of that key.
    void answer(net::LaneId lane, std::string_view key, std::string_view value,
                Remaining remaining = {});
    void answer_absent(net::LaneId lane, std::string_view key);
    void answer_error(net::LaneId lane, std::string_view key, std::string_view line);
    // The lane's oldest command, which must be a forwarded one.
    void reply(net::LaneId lane, std::string_view bytes);
    // The lane's oldest command, whichever it is.
    void fail(net::LaneId lane, Errc why);
    void fail_all(Errc why);

    // All there ever were, in the order in which they came: "GET k" of a get, "> SET k v" of a
    // forwarded command.
    const std::vector<std::string>& commands() const noexcept { return commands_; }
    std::size_t gets() const noexcept { return gets_; }
    std::size_t forwards() const noexcept { return commands_.size() - gets_; }
    std::size_t unanswered() const noexcept { return unanswered_.size(); }
    // The bytes of the last forwarded command.
    const std::string& forwarded_bytes() const noexcept { return forwarded_bytes_; }

  private:
    struct Question {
        net::LaneId lane;
        std::string key;
        backend::GetCompletion* got;
        backend::ForwardCompletion* forwarded;
    };

    Question take(net::LaneId lane);
    backend::GetCompletion& take_get(net::LaneId lane, std::string_view key);

    std::deque<Question> unanswered_;
    std::vector<std::string> commands_;
    std::size_t gets_ = 0;
    std::string forwarded_bytes_;
    backend::InvalidationListener* listener_ = nullptr;
    bool is_reachable_ = true;
    bool changes_only_here_ = true;
    bool is_tracked_ = true;
    std::uint64_t connections_made_ = 0;
};

}  // namespace nearcache::tests
