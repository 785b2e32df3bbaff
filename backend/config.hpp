#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/endpoint.hpp"

namespace nearcache::backend {

// What a backend URL says: embedded:, redis://[user:password@]host[:port][/database],
// unix:///path/of/socket (credentials and ?db=N allowed).
struct Url {
    enum class Scheme { embedded, redis, unix_socket };

    Scheme scheme = Scheme::embedded;
    Endpoint endpoint;  // redis
    std::string path;   // unix_socket
    std::string user;
    std::string password;
    std::uint32_t database = 0;

    // What may be shown: the URL without its password.
    std::string without_secrets() const;
};

// Empty when the text is no backend URL; `why` then says what is allowed.
std::optional<Url> parse_url(std::string_view text, std::string& why);

// How the backend is made to tell what changes in it.
struct Tracking {
    bool is_wanted = true;
    // Between two pings on the control connection.
    std::chrono::milliseconds heartbeat{500};
    // A ping unanswered for so long ends the channel.
    std::chrono::milliseconds max_staleness{3000};
    // Only changes of keys that begin with one of these are told; none: of all keys. None of them
    // is a prefix of another.
    std::vector<std::string> prefixes;
    // Whether a key is written and deleted again when the channel is armed, to see it come back.
    bool sends_canary = true;
    // After a refusal, until the server is asked again.
    std::chrono::milliseconds retry_after_refusal{30'000};
};

struct Config {
    Url url;
    // To be connected, authenticated and answered, all together.
    std::chrono::milliseconds connect_timeout{1000};
    // From the moment a command is queued until its reply is complete.
    std::chrono::milliseconds operation_timeout{5000};
    // Pauses between attempts to reconnect double from the first to the last, with jitter.
    std::chrono::milliseconds reconnect_min{50};
    std::chrono::milliseconds reconnect_max{1000};
    // Connections that may be lent to clients at a time: for transactions, blocking commands,
    // subscriptions.
    std::size_t max_private_connections = 5000;
    Tracking tracking;
};

}  // namespace nearcache::backend
