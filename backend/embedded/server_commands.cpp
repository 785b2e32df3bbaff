#include "backend/embedded/server_commands.hpp"

#include <algorithm>
#include <chrono>
#include <string>

#include "resp/reply_writer.hpp"

namespace nearcache::backend::embedded {

void ping(Call& call) {
    if (call.words.size() > 2) return call.fail_arity();
    if (call.words.size() == 1) return resp::append_simple(call.reply, "PONG");
    resp::append_bulk(call.reply, call.words[1]);
}

void echo(Call& call) { resp::append_bulk(call.reply, call.words[1]); }

void select(Call& call) {
    if (call.selects_database(1)) call.reply_ok();
}

void time(Call& call) {
    const auto since_epoch = call.keyspace.clock().now_in_microseconds().time_since_epoch();
    const auto seconds = std::chrono::floor<std::chrono::seconds>(since_epoch);
    resp::append_array(call.reply, 2);
    resp::append_bulk(call.reply, std::to_string(seconds.count()));
    resp::append_bulk(call.reply, std::to_string((since_epoch - seconds).count()));
}

// All lanes share the keyspace without connections of their own: there is one client.
void client_id(Call& call) { resp::append_integer(call.reply, 1); }

void client_setname(Call& call) {
    const auto is_allowed = [](char c) { return c >= '!' && c <= '~'; };
    if (!std::ranges::all_of(call.words[2], is_allowed)) {
        return call.fail("ERR Client names cannot contain spaces, newlines or special characters.");
    }
    call.reply_ok();
}

}  // namespace nearcache::backend::embedded
