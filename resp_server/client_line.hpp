#pragma once

#include <cstdint>
#include <string>

#include "base/clock.hpp"
#include "resp_server/client.hpp"

namespace nearcache::resp_server {

// The kinds of clients that CLIENT LIST and KILL know.
enum class ClientType : std::uint8_t { normal, master, replica, pubsub };

// Nobody replicates from here: it is normal or pubsub.
ClientType type_of(const Client& client) noexcept;

// One whose connection was closed may linger until the last of its handlers has run: to others it
// is gone already.
bool is_connected(const Client& client) noexcept;

// Blocked, and the backend has heard of it: before that there is nobody whom it could unblock.
bool is_blocked_in_backend(const Client& client) noexcept;

// How CLIENT LIST and CLIENT INFO describe clients.
struct ClientLineStyle {
    TimePoint now{};
    bool shows_library = false;  // since Redis 7.2: what CLIENT SETINFO said
};

// One client's line, with its line feed: the fields of Redis 7.0, in its order. What Redis counts
// and is not counted here is 0.
//
// Threads: the client's lane.
std::string client_line(Client& client, const ClientLineStyle& style);

}  // namespace nearcache::resp_server
