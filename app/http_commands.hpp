#pragma once

#include "http/command_gate.hpp"
#include "resp_server/context.hpp"

namespace nearcache::app {

// Has the commands that come over HTTP executed by those who execute them for RESP clients: the two
// doors do not know of each other.
//
// Threads: any; a conversation's own are those of its lane.
class HttpCommands final : public http::CommandGate {
  public:
    explicit HttpCommands(resp_server::Context& context) : context_(context) {}

    std::unique_ptr<http::Conversation> open(Ground ground) override;
    std::optional<Errc> failure_of(std::string_view error) const noexcept override;

  private:
    resp_server::Context& context_;
};

}  // namespace nearcache::app
