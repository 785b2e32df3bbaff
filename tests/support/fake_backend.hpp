#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "backend/backend.hpp"
#include "tests/support/fake_private_connection.hpp"

namespace nearcache::tests {

// A backend that says nothing until the test tells it to. Answers lanes in any order; within one
// lane only in the order of its commands, and within one route if the test names a route: a test
// that tries otherwise fails with a std::logic_error.
//
// An answer is given at once, as on the lane that asked.
//
// Threads: one.
class FakeBackend final : public backend::Backend {
  public:
    using Remaining = std::optional<std::chrono::milliseconds>;

    // Whose oldest command is meant: that of a lane, on whatever route, or that of one route.
    class Asker {
      public:
        Asker(net::LaneId lane) noexcept : route_{.lane = lane}, is_any_route_(true) {}
        Asker(const backend::Route& route) noexcept : route_(route), is_any_route_(false) {}

        bool asked_on(const backend::Route& route) const noexcept {
            return is_any_route_ ? route.lane == route_.lane : route == route_;
        }

      private:
        backend::Route route_;
        bool is_any_route_;
    };

    void get(const backend::Route& route, std::string_view key,
             backend::GetCompletion& completion) override;
    void get_many(const backend::Route& route, std::span<const std::string_view> keys,
                  backend::GetManyCompletion& completion) override;
    void forward(const backend::Route& route, const net::Slice& command,
                 backend::ForwardCompletion& completion) override;
    void forward_if(const backend::Route& route, backend::Condition condition,
                    const net::Slice& command, backend::ConditionalCompletion& completion) override;
    void try_select(const backend::Route& route, std::string_view database,
                    backend::ForwardCompletion& completion) override;
    std::unique_ptr<backend::PrivateConnection> lend(
        const backend::Route& route, backend::PrivateConnection::Listener& listener) override;
    void take_back(std::unique_ptr<backend::PrivateConnection> connection,
                   const backend::Route& route) override;
    bool lends() const noexcept override { return lends_; }
    std::size_t lent() const noexcept override;
    std::uint32_t home_database() const noexcept override { return home_database_; }
    void start(backend::InvalidationListener& listener) override { listener_ = &listener; }
    bool changes_only_here() const noexcept override { return changes_only_here_; }
    void stop() override { fail_all(Errc::shutting_down); }
    bool is_reachable() const noexcept override { return is_reachable_; }
    std::uint64_t connections_made() const noexcept override { return connections_made_; }

    void set_changes_only_here(bool it_does) noexcept { changes_only_here_ = it_does; }
    void set_reachable(bool is_reachable) noexcept { is_reachable_ = is_reachable; }
    void set_home_database(std::uint32_t database) noexcept { home_database_ = database; }
    // Whether it has connections to lend at all, and how many at a time.
    void set_lends(bool it_does) noexcept { lends_ = it_does; }
    void set_most_lent(std::size_t connections) noexcept { most_lent_ = connections; }
    // As if a connection had been lost and made again, perhaps to another server.
    void make_connection() noexcept { ++connections_made_; }

    // Who was given to start(); the test tells it what a control connection would.
    backend::InvalidationListener& listener() const;
    // What answers say of the server they come from, from now on.
    void set_tracked(bool is_tracked) noexcept { is_tracked_ = is_tracked; }

    // Each answers the asker's oldest command, which must be a get of that key.
    void answer(Asker asker, std::string_view key, std::string_view value,
                Remaining remaining = {});
    void answer_absent(Asker asker, std::string_view key);
    void answer_error(Asker asker, std::string_view key, std::string_view line);
    void answer_with(Asker asker, std::string_view key, const backend::GetReply& reply);
    // The same for a get_many: values that do not expire or, where empty, absences; or anything.
    void answer_many(Asker asker, const std::vector<std::optional<std::string>>& values);
    void answer_many_with(Asker asker, std::span<const backend::GetReply> replies);
    // The asker's oldest command, which must be a forwarded one or a try_select.
    void reply(Asker asker, std::string_view bytes) { reply_with(asker, {bytes}); }
    void reply_with(Asker asker, const net::Slice& reply);
    // The asker's oldest command, which must be a conditional one. Asks whether the key's value is
    // as it should be; when not, that is the answer, and else reply() is to be called, or
    // change_meanwhile(): somebody has changed the value since.
    bool try_condition(Asker asker, std::optional<std::string_view> value);
    void change_meanwhile(Asker asker);
    // The asker's oldest command, whichever it is.
    void fail(Asker asker, Errc why);
    void fail_all(Errc why);

    // All there ever were, in the order in which they came: "GET k" of a get, "MGET a b" of a
    // get_many, "> SET k v" of a forwarded command, "k? > SET k v" of a conditional one, "SELECT?
    // 1" of a try_select. Those on other routes than the home one begin with "[db 1] ", "[resp3] "
    // or "[db 1] [resp3] ".
    const std::vector<std::string>& commands() const noexcept { return commands_; }
    std::size_t gets() const noexcept { return gets_; }
    std::size_t forwards() const noexcept { return forwards_; }
    std::size_t unanswered() const noexcept { return unanswered_.size(); }
    // The bytes of the last forwarded command, and whether its memory could have been kept.
    const std::string& forwarded_bytes() const noexcept { return forwarded_bytes_; }
    bool forwarded_block() const noexcept { return forwarded_block_; }

    // Every connection that was ever lent, in order.
    std::size_t private_connections() const noexcept { return private_connections_.size(); }
    FakePrivateConnection& private_connection(std::size_t index) const {
        return *private_connections_.at(index);
    }

  private:
    struct Question {
        backend::Route route;
        std::vector<std::string> keys;
        backend::GetCompletion* got = nullptr;
        backend::GetManyCompletion* got_many = nullptr;
        backend::ForwardCompletion* forwarded = nullptr;
        backend::ConditionalCompletion* conditional = nullptr;  // forwarded is the same then
        backend::ValueTest test = nullptr;
    };

    void note(const backend::Route& route, std::string command);
    std::deque<Question>::iterator oldest(const Asker& asker);
    Question take(const Asker& asker);

    std::deque<Question> unanswered_;
    std::vector<std::string> commands_;
    std::vector<std::shared_ptr<FakePrivateConnection>> private_connections_;
    std::size_t gets_ = 0;
    std::size_t forwards_ = 0;
    std::string forwarded_bytes_;
    bool forwarded_block_ = false;
    backend::InvalidationListener* listener_ = nullptr;
    bool is_reachable_ = true;
    bool changes_only_here_ = true;
    bool is_tracked_ = true;
    bool lends_ = true;
    std::size_t most_lent_ = std::numeric_limits<std::size_t>::max();
    std::uint32_t home_database_ = 0;
    std::uint64_t connections_made_ = 0;
};

}  // namespace nearcache::tests
