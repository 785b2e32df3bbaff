#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "net/io_threads.hpp"

namespace nearcache::http {

// Commands of one request on their way through the same corridor as those of a RESP client, and
// their replies. What they leave behind (a database selected, a key watched) goes with it.
//
// Threads: its lane's.
class Conversation {
  public:
    virtual ~Conversation() = default;

    // Whole commands as RESP arrays, to be executed in order; only while nothing is waited for.
    // True: all is answered. Else on_answered is called later, and never from within a call.
    virtual bool say(std::string commands) = 0;
    // The replies to what was said, in order. Fewer than commands when there was no going on: the
    // replies became too long, or somebody ended it (CLIENT KILL).
    virtual std::string take_replies() = 0;
    // From now on nothing in it waits for ever: what does so now ends as if the server were going
    // down.
    virtual void end_waiting() = 0;
};

// Executes commands for whoever has no connection on which Redis's protocol is spoken.
//
// Threads: any.
class CommandGate {
  public:
    virtual ~CommandGate() = default;

    // What a conversation stands on.
    struct Ground {
        net::LaneId lane;
        // Once the replies are so long, no more commands are executed.
        std::size_t most_reply_bytes;
        // The conversation may be destroyed from within.
        std::function<void()> on_answered;
    };
    // On that lane.
    virtual std::unique_ptr<Conversation> open(Ground ground) = 0;

    // What of ours failed, when an error ("ERR backend unreachable") says that; empty for an error
    // that is about the command.
    virtual std::optional<Errc> failure_of(std::string_view error) const noexcept = 0;
};

}  // namespace nearcache::http
