#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "resp/request_parser.hpp"
#include "resp_server/client.hpp"
#include "resp_server/client_line.hpp"

// Which clients CLIENT LIST, KILL, UNBLOCK and TRACKING mean: their words, read in Redis's order
// and refused in its words.
namespace nearcache::resp_server {

// An option, in any case. Redis compares texts that end at a byte of zero.
bool is_word(std::string_view word, std::string_view option);

// A number as Redis takes it: without spaces, a plus or leading zeros.
std::optional<std::int64_t> parse_integer(std::string_view text) noexcept;

// A subcommand of CLIENT in the backend's own table; null when it is not there.
const BackendCommand* backend_client_command(Client& client, std::string_view name);

// Each of these is empty when something is wrong, which is written to the client then.

struct ListedClients {
    std::optional<ClientType> type;
    // Of exactly these, in that order, even twice.
    std::optional<std::vector<std::uint64_t>> ids;
};
std::optional<ListedClients> read_client_list(Client& client, const resp::Command& command);

struct KilledClients {
    std::optional<std::uint64_t> id;
    std::optional<ClientType> type;
    std::optional<std::string> peer;
    std::optional<std::string> local;
    std::uint64_t spared = 0;  // the id of whom it must not hit; 0: nobody's
    bool is_old_form = false;  // CLIENT KILL address

    // Threads: the client's lane.
    bool include(const Client& client) const;
};
std::optional<KilledClients> read_client_kill(Client& client, const resp::Command& command);

struct UnblockedClient {
    std::uint64_t id = 0;
    bool is_failed = false;  // it gets an error, rather than what a time-out gives
};
std::optional<UnblockedClient> read_client_unblock(Client& client, const resp::Command& command);

// Where in CLIENT TRACKING the client stands to which it redirects. Empty when it names none, or
// when the backend finds something wrong before it would look for that client.
struct Redirection {
    std::size_t word = 0;
    std::uint64_t id = 0;
};
std::optional<Redirection> find_redirection(const resp::Command& command);
// Whether CLIENT TRACKING asks to hear of all keys with a prefix.
bool asks_for_broadcast(const resp::Command& command);

}  // namespace nearcache::resp_server
