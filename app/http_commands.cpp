#include "app/http_commands.hpp"

#include <utility>

#include "resp_server/conversation.hpp"
#include "resp_server/replies.hpp"

namespace nearcache::app {

namespace {

class Talk final : public http::Conversation {
  public:
    Talk(resp_server::Context& context, http::CommandGate::Ground ground)
        : conversation_({context, ground.lane, ground.most_reply_bytes},
                        std::move(ground.on_answered)) {}

    bool say(std::string commands) override { return conversation_.say(std::move(commands)); }
    std::string take_replies() override { return conversation_.take_replies(); }
    void end_waiting() override { conversation_.end_waiting(); }

  private:
    resp_server::Conversation conversation_;
};

}  // namespace

std::unique_ptr<http::Conversation> HttpCommands::open(Ground ground) {
    return std::make_unique<Talk>(context_, std::move(ground));
}

std::optional<Errc> HttpCommands::failure_of(std::string_view error) const noexcept {
    return resp_server::failure_of(error);
}

}  // namespace nearcache::app
