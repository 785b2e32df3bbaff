#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/post.hpp>

#include "backend/backend.hpp"
#include "backend/make_backend.hpp"
#include "base/clock.hpp"
#include "tests/support/lanes.hpp"
#include "tests/support/resp_wire.hpp"

namespace nearcache::tests {

// Who listens to nothing.
class NobodyListens final : public backend::InvalidationListener {
  public:
    void on_armed(const backend::Armed&) override {}
    void on_proven(TimePoint, std::chrono::microseconds) override {}
    void on_lost(std::string_view) override {}
    void on_refused(std::string_view) override {}
    void on_changed(std::span<const std::string_view>) override {}
    void on_everything_changed() override {}
    void on_forged() override {}
};

// What the backend said to one question; a failure in the words of a log.
struct Answer final : backend::GetCompletion,
                      backend::GetManyCompletion,
                      backend::ForwardCompletion {
    using Kind = backend::GetReply::Kind;

    // A reply that is kept, with copies of its views.
    struct Found {
        Kind kind;
        std::string bytes;
        std::optional<std::chrono::milliseconds> remaining;
        bool is_life_known;
    };

    void on_reply(const backend::GetReply& reply) override {
        take(reply);
        is_here = true;
    }
    void on_replies(std::span<const backend::GetReply> replies) override {
        for (const auto& reply : replies) take(reply);
        is_here = true;
    }
    void on_reply(const net::Slice& reply) override {
        bytes = reply.bytes;
        if (reply.is_better_pinned()) pinned = *reply.block;
        is_here = true;
    }
    void on_failure(Errc why) override {
        failure = why;
        is_here = true;
    }

    bool is_here = false;
    std::optional<Errc> failure;
    std::string bytes;         // of a forwarded command
    net::Block pinned;         // what held it, if it was large
    std::vector<Found> found;  // of the keys

  private:
    void take(const backend::GetReply& reply) {
        found.push_back(
            {reply.kind, std::string(reply.bytes), reply.remaining, reply.is_life_known});
    }
};

// A client that has a connection of its own, or would like one.
class Borrower final : public backend::PrivateConnection::Listener {
  public:
    void on_value(const net::Slice& value) override {
        values.emplace_back(value.bytes);
        if (on_next_value) std::exchange(on_next_value, {})();
    }
    void on_lost(Errc why) override {
        ++losses;
        loss = why;
        if (on_loss) on_loss();
    }

    void say(const Words& words) { connection->send({command(words)}); }

    std::unique_ptr<backend::PrivateConnection> connection;
    std::vector<std::string> values;
    std::optional<Errc> loss;
    int losses = 0;
    std::function<void()> on_next_value;
    std::function<void()> on_loss;
};

// A backend on one lane that the test runs by hand, over real sockets.
//
// Threads: one.
class BackendAtWork {
  public:
    static backend::Config config_for(const std::string& url) {
        std::string why;
        backend::Config config;
        config.url = backend::parse_url(url, why).value();
        config.tracking.is_wanted = false;
        return config;
    }

    explicit BackendAtWork(const backend::Config& config)
        : backend_(backend::make_backend(config, lanes_.threads(), clock_)) {
        backend_->start(nobody_);
    }
    explicit BackendAtWork(const std::string& url) : BackendAtWork(config_for(url)) {}
    ~BackendAtWork() { finish(); }

    backend::Backend& operator*() noexcept { return *backend_; }
    backend::Backend* operator->() noexcept { return backend_.get(); }

    template <class Condition>
    bool run_until(Condition&& is_met) {
        return lanes_.run_until(0, is_met);
    }
    // Runs what is ready now.
    void run_ready() { lanes_.run(0); }
    // False when it does not come up.
    bool is_reached() {
        return run_until([this] { return backend_->is_reachable(); });
    }

    // Each asks and waits for the answer.
    Answer& forward(const Words& words, const backend::Route& route = {}) {
        auto& answer = next_answer();
        backend_->forward(route, {command(words)}, answer);
        return awaited(answer);
    }
    std::string reply_to(const Words& words, const backend::Route& route = {}) {
        return forward(words, route).bytes;
    }
    Answer::Found get(std::string_view key, const backend::Route& route = {}) {
        auto& answer = next_answer();
        backend_->get(route, key, answer);
        return awaited(answer).found.at(0);
    }
    std::vector<Answer::Found> get_many(const std::vector<std::string_view>& keys,
                                        const backend::Route& route = {}) {
        auto& answer = next_answer();
        backend_->get_many(route, keys, answer);
        return awaited(answer).found;
    }
    std::string try_select(std::string_view database, const backend::Route& route = {}) {
        auto& answer = next_answer();
        backend_->try_select(route, database, answer);
        return awaited(answer).bytes;
    }

    bool lend_to(Borrower& borrower, const backend::Route& route = {}) {
        borrower.connection = backend_->lend(route, borrower);
        return borrower.connection != nullptr;
    }
    // Whether the borrower has that many values now, or soon.
    bool has_values(const Borrower& borrower, std::size_t count) {
        return run_until([&] { return borrower.values.size() >= count; });
    }
    std::string ask(Borrower& borrower, const Words& words) {
        const auto before = borrower.values.size();
        borrower.say(words);
        borrower.connection->expect_value(true);
        return has_values(borrower, before + 1) ? borrower.values.back() : "nothing";
    }

    // For a question whose answer comes later.
    Answer& next_answer() {
        answers_.push_back(std::make_unique<Answer>());
        return *answers_.back();
    }

    // As at the end of the process: all that is pending ends by itself.
    void finish() {
        if (is_finished_) return;
        is_finished_ = true;
        backend_->stop();
        lanes_.finish();
    }

  private:
    Answer& awaited(Answer& answer) {
        if (!run_until([&] { return answer.is_here; })) throw std::runtime_error("no answer");
        return answer;
    }

    SystemClock clock_;
    NobodyListens nobody_;
    std::vector<std::unique_ptr<Answer>> answers_;
    Lanes lanes_{1};
    std::unique_ptr<backend::Backend> backend_;
    bool is_finished_ = false;
};

}  // namespace nearcache::tests
