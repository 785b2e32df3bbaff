#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "backend/config.hpp"
#include "resp/dialect.hpp"

namespace nearcache::backend::redis {

// What a new connection is to be, and what is to be known of it.
struct Footing {
    std::uint32_t database = 0;
    resp::Dialect dialect = resp::Dialect::resp2;
    bool asks_run_id = false;  // whether it matters which server this is
    bool asks_id = false;      // whether it matters what the server calls the connection

    bool serves(std::uint32_t wanted, resp::Dialect spoken) const noexcept {
        return database == wanted && dialect == spoken;
    }
};

// As the URL has it, for who has not chosen otherwise.
Footing home_footing(const Config& config);

// What a new connection says first: HELLO or AUTH, and SELECT, as the URL and the footing want
// them, then what is to be known, and PING, whose answer tells whether the server serves.
struct Greeting {
    std::string commands;
    std::size_t replies = 0;  // how many are to come
    // Which of them answer what is not answered with OK or PONG, counted from 0.
    std::optional<std::size_t> hello_at;
    std::optional<std::size_t> info_at;
    std::optional<std::size_t> id_at;
};
Greeting make_greeting(const Url& url, const Footing& footing);

// Why a reply to a command of the greeting, other than INFO and CLIENT ID, does not let us in;
// empty when it does.
std::optional<std::string> refusal_in(std::string_view reply);
// The same for a reply to HELLO 3.
std::optional<std::string> refusal_in_hello(std::string_view reply);

// The value of a field in what INFO says, such as "redis_version"; empty when it is not there.
std::string info_field(std::string_view info, std::string_view name);

// Of a reply to INFO, not decoded. Empty when it was refused: a user may well not be allowed to.
std::string run_id_in(std::string_view reply);

// What a run_id is compared by: never 0 for one that is known, 0 for an empty one.
std::uint64_t run_fingerprint(std::string_view run_id) noexcept;

}  // namespace nearcache::backend::redis
