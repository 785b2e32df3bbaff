#pragma once

#include <string>

#include "net/block.hpp"
#include "resp/reply_writer.hpp"
#include "resp/request_parser.hpp"
#include "resp_server/client.hpp"

namespace nearcache::resp_server {

// The bytes by which a client's command goes on to the backend: as they came, or, if they came
// inline or in a form that only Redis takes, as an array of bulk strings.
//
// Threads: one; it lives no longer than the command.
class Outgoing {
  public:
    Outgoing(const Client& client, const resp::Command& command) {
        if (!command.raw.empty()) {
            slice_ = {command.raw, client.request_block()};
            return;
        }
        resp::append_command(rewritten_, command.words);
        slice_ = {rewritten_};
    }
    Outgoing(const Outgoing&) = delete;
    Outgoing& operator=(const Outgoing&) = delete;

    const net::Slice& slice() const noexcept { return slice_; }

  private:
    std::string rewritten_;
    net::Slice slice_;
};

}  // namespace nearcache::resp_server
