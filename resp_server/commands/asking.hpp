#pragma once

#include <memory>
#include <utility>

#include "resp_server/commands/outgoing.hpp"
#include "resp_server/commands/own_commands.hpp"
#include "resp_server/commands/refusals.hpp"

// Commands of a client that the backend is asked, but whose answer is not simply passed on. What
// the client gets says a `Use`, an object that can be moved:
//   void answer(Output& out, const net::Slice& reply);
//   void fail(Output& out, Errc why);
namespace nearcache::resp_server {

// On the link that its client shares with others.
//
// Threads: its session's lane.
template <class Use>
class SharedAsking final : public PendingReply, public cache::Forwarding {
  public:
    SharedAsking(net::Limiter::Permit permit, std::size_t request_bytes, Use use)
        : PendingReply(std::move(permit), request_bytes), use_(std::move(use)) {}

    void on_forwarded(const net::Slice& bytes) override {
        use_.answer(reply(), bytes);
        ready();
    }

    void on_not_forwarded(Errc why) override {
        use_.fail(reply(), why);
        ready();
    }

  private:
    Use use_;
};

// On its client's own connection.
//
// Threads: its session's lane.
template <class Use>
class OwnAsking final : public OwnReply {
  public:
    OwnAsking(Client& client, Request request, Use use)
        : OwnReply(client, std::move(request)), use_(std::move(use)) {}

  private:
    bool take(const net::Slice& value) override {
        use_.answer(reply(), value);
        return true;
    }
    void fail(Errc why) override { use_.fail(reply(), why); }

    Use use_;
};

// For commands that change nothing.
template <class Use>
Execution ask(Client& client, const resp::Command& command, Use use) {
    if (client.own() != nullptr) {
        return send_own<OwnAsking<Use>>(client, command, {}, std::move(use));
    }
    auto permit = permit_or_refuse(client);
    if (!permit) return Execution::done;
    const Outgoing outgoing(client, command);
    auto asking = std::make_unique<SharedAsking<Use>>(
        std::move(*permit), outgoing.slice().bytes.size(), std::move(use));
    auto& forwarding = *asking;
    client.replies().add(std::move(asking));
    client.cache().forward({client.route(), outgoing.slice()}, {}, forwarding);
    note_source(client, command, "backend");
    return Execution::done;
}

}  // namespace nearcache::resp_server
