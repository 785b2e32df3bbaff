#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/asked.hpp"
#include "http/command_batch.hpp"
#include "http/command_gate.hpp"
#include "http/reply_json.hpp"
#include "http/request_parser.hpp"

namespace nearcache::http {

// Commands of Redis in JSON, as the Upstash REST protocol has them; and several keys at once. One
// object a connection, one request at a time; each request is a conversation of its own with those
// who execute commands.
//
// Threads: its session's lane.
class CommandRoutes {
  public:
    explicit CommandRoutes(const Desk& desk);

    // Each answers into `asked.out` now, or later: is_waiting() says which.

    // POST / and /pipeline and /multi-exec, with a body of JSON.
    void execute(CommandForm form, Request& request, const Asked& asked);
    // GET /?keys=a,b
    void get_many(std::string_view query, Request& request, const Asked& asked);

    bool is_waiting() const noexcept { return conversation_ != nullptr; }
    // The client is gone, or the server is going down: what may wait for ever ends, now and from
    // now on.
    void abandon();

  private:
    // What is being waited for.
    enum class Stage { outcome, outcomes, start, transaction, values };

    void converse(Stage stage, std::string commands);
    void say(std::string commands);
    void hear();
    void on_answered();

    // Each is given the replies of its stage.
    void hear_start(std::string_view replies);
    void answer_one(std::string_view replies);
    void answer_each(std::string_view replies);
    void answer_transaction(std::string_view replies);
    void answer_values(std::string_view replies);

    std::string_view not_executed(std::string_view replies) const noexcept;
    void complain(std::string_view error);
    void complain(std::string_view error, std::optional<Errc> failure);
    void put(Status status, std::string_view json, std::string_view extra_field = {});

    const Desk& desk_;
    std::unique_ptr<Conversation> conversation_;  // while it is waited for
    Stage stage_ = Stage::outcome;
    Asked asked_{};
    Strings strings_ = Strings::plain;
    CommandBatch batch_;
    std::vector<std::string> keys_;
    bool is_abandoned_ = false;
};

}  // namespace nearcache::http
