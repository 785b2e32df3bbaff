#pragma once

#include <memory>
#include <optional>
#include <utility>

#include "resp_server/command_table.hpp"
#include "resp_server/commands/dispatch.hpp"
#include "resp_server/commands/outgoing.hpp"
#include "resp_server/commands/refusals.hpp"
#include "resp_server/own_connection.hpp"

namespace nearcache::resp_server {

// Commands that need a connection of their own, and what is said on it.

// A client's own connection, which it gets if it has none, or why there is none.
struct OwnOrNot {
    OwnConnection* own = nullptr;
    Execution execution = Execution::done;  // without one: `done` with the error written, or later
};
OwnOrNot own_connection(Client& client, std::string_view command);

// As permit_or_refuse(): a connection that is not used after all is given back.
std::optional<net::Limiter::Permit> own_permit_or_refuse(Client& client);

// Sends a command there, with what becomes of its reply; refused when no request more may be in
// flight. The request comes without its size, and gets a permit if it needs one and has none.
template <class Reply = OwnReply, class... Arguments>
Execution send_own(Client& client, const resp::Command& command, OwnReply::Request request,
                   Arguments&&... arguments) {
    // A read that waits for another link must not see what this changes.
    if (client.waits_elsewhere()) return Execution::later;
    if (!request.blocks && !request.follows && !request.permit) {
        request.permit = own_permit_or_refuse(client);
        if (!request.permit) return Execution::done;
    }
    const Outgoing outgoing(client, command);
    request.bytes = outgoing.slice().bytes.size();
    client.own()->send(
        outgoing.slice(),
        std::make_unique<Reply>(client, std::move(request), std::forward<Arguments>(arguments)...));
    note_source(client, command, "backend, own connection");
    return Execution::done;
}

// BLPOP and its like, and XREAD with BLOCK: whoever waits for them waits alone. So does who sends
// an administrative command, where they are allowed: whatever that does to its connection, it does
// to no other.
Execution block(Client& client, const CommandSpec& spec, const resp::Command& command);
// WAIT: for replicas to have what this client has written, on whichever connection that was.
Execution wait(Client& client, const resp::Command& command);
// SUBSCRIBE, UNSUBSCRIBE and the four like them.
Execution subscribe(Client& client, const CommandSpec& spec, const resp::Command& command);
Execution monitor(Client& client, const resp::Command& command);

// What a client in RESP2 says while it is subscribed: the backend hears it all, and refuses what
// does not belong there.
Execution say_subscribed(Client& client, const resp::Command& command);

}  // namespace nearcache::resp_server
