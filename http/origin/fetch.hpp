#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include "http/config.hpp"
#include "http/origin/answer.hpp"
#include "http/origin/url.hpp"
#include "net/async.hpp"
#include "net/input.hpp"
#include "net/stream.hpp"
#include "net/tls.hpp"

namespace nearcache::http::origin {

// What came of a fetch.
struct Fetched {
    enum class Kind {
        answer,     // status 200, whole
        blocked,    // the host has no address that may be connected to, or none at all
        timed_out,  // complaint says of what
        failed,     // no connection, or an answer that will not do: complaint says why
        stopped,    // the server is going down
    };

    Kind kind = Kind::failed;
    Answer answer = {};
    std::string complaint = {};  // one line for the client
};

// One GET of an origin. The name is resolved once, its addresses are checked, and one of those that
// pass is connected to; nothing is followed, and nothing of a client's request is passed on.
//
// It is told to its listener once, in time, even if the resolver, which cannot be hurried, is not
// done by then; until it is, the fetch lives on by itself.
//
// Threads: its context's.
class Fetch {
  public:
    class Listener {
      public:
        // The fetch must not be used any more.
        virtual void on_fetched(Fetched fetched) = 0;

      protected:
        ~Listener() = default;
    };

    struct Terms {
        const OriginConfig& config;
        const net::TlsTrust* trust;  // not null for https
        std::size_t most_body_bytes;
    };

    // Begins one, which is there until its listener is told. That is never from within this call.
    static Fetch& start(net::IoContext& context, const Terms& terms, Url url, Listener& listener);

    Fetch(net::IoContext& context, const Terms& terms, Url url, Listener& listener);

    // Tells the listener Kind::stopped.
    void stop();

  private:
    using Executor = net::IoContext::executor_type;
    using Timer = boost::asio::basic_waitable_timer<
        std::chrono::steady_clock, boost::asio::wait_traits<std::chrono::steady_clock>, Executor>;
    using Tcp = boost::asio::ip::tcp;
    using Clock = std::chrono::steady_clock;

    net::Awaitable<> run();
    net::Awaitable<> go();
    net::Awaitable<bool> connect();
    net::Awaitable<bool> resolve();
    net::Awaitable<bool> connect_to_one();
    net::Awaitable<bool> start_tls();
    net::Awaitable<bool> ask();
    net::Awaitable<bool> read_answer();
    net::Awaitable<std::tuple<boost::system::error_code, std::size_t>> read_some();

    std::string request() const;
    void set_deadline(Clock::time_point when, const char* complaint);
    void limit_attempt(std::size_t addresses_left);
    bool is_told() const noexcept { return listener_ == nullptr; }
    // All three return false, and end the fetch if it has not ended.
    bool block(std::string detail);
    bool fail(std::string complaint, std::string detail = {});
    bool end(Fetched fetched, std::string_view detail = {});
    void note(const Fetched& fetched, std::string_view detail) const;

    const Terms terms_;
    const Url url_;
    Listener* listener_;  // null once told
    net::Socket socket_;
    boost::asio::ip::basic_resolver<Tcp, Executor> resolver_;
    Timer deadline_timer_;
    Timer attempt_timer_;
    const Clock::time_point begun_at_;
    Clock::time_point deadline_{};
    std::vector<Tcp::endpoint> endpoints_;  // those that may be connected to
    std::optional<net::TlsStream> tls_;
    net::Input input_;
    AnswerReader reader_;
};

}  // namespace nearcache::http::origin
