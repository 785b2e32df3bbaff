#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "resp/reply_reader.hpp"
#include "resp/reply_writer.hpp"
#include "resp_server/commands/client_commands.hpp"
#include "resp_server/commands/client_filters.hpp"
#include "resp_server/commands/data_commands.hpp"
#include "resp_server/commands/own_commands.hpp"
#include "resp_server/lane_gathering.hpp"
#include "resp_server/own_connection.hpp"

// What CLIENT changes of a connection to the backend: so it changes one of the client's own.
namespace nearcache::resp_server {

namespace {

// What CLIENT TRACKING makes of the connection, if the backend agrees.
struct Tracking {
    bool is_on = false;
    bool is_broadcasting = false;
    std::int64_t redirected_to = 0;
};

class TrackingReply : public OwnReply {
  public:
    TrackingReply(Client& client, Request request, const Tracking& wanted)
        : OwnReply(client, std::move(request)), wanted_(wanted) {}

  protected:
    bool take(const net::Slice& value) override {
        if (is_ok(value.bytes)) {
            auto& own = connection();
            own.is_tracking = wanted_.is_on;
            own.has_tracked = own.has_tracked || wanted_.is_on;
            own.is_broadcasting = wanted_.is_on && wanted_.is_broadcasting;
            own.redirected_to = wanted_.is_on ? wanted_.redirected_to : 0;
        }
        return OwnReply::take(value);
    }

  private:
    const Tracking wanted_;
};

// A connection that was lent just now is not known by its number yet: it is asked for it first.
class SelfTrackingReply final : public TrackingReply {
  public:
    // `words` are those of CLIENT TRACKING, in which the number goes to `place`.
    SelfTrackingReply(Client& client, Request request, const Tracking& wanted,
                      std::vector<std::string> words, std::size_t place)
        : TrackingReply(client, std::move(request), wanted),
          words_(std::move(words)),
          place_(place) {}

  private:
    bool take(const net::Slice& value) override {
        if (words_.empty()) return TrackingReply::take(value);
        const auto number = resp::ReplyReader(value.bytes).read_integer();
        if (!number) return OwnReply::take(value);
        words_[place_] = std::to_string(*number);
        std::string bytes;
        resp::append_command(bytes, words_);
        words_.clear();
        connection().send_more(bytes);
        return false;
    }

    std::vector<std::string> words_;
    const std::size_t place_;
};

// What the backend says of whom it redirects to, with our number of that client instead of its own.
class RedirectionReply final : public OwnReply {
  public:
    using OwnReply::OwnReply;

  private:
    bool take(const net::Slice& value) override {
        constexpr std::string_view field = "\r\n$8\r\nredirect\r\n";
        const auto found = value.bytes.find(field);
        const auto at = found == std::string_view::npos ? 0 : found + field.size();
        const auto target = connection().redirected_to;
        auto rest = value.bytes.substr(at);
        // Redis has -1 and 0 for those who do not redirect.
        const bool redirects =
            rest.size() > 1 && rest[0] == ':' && rest[1] >= '1' && rest[1] <= '9';
        if (target == 0 || !redirects) return OwnReply::take(value);
        rest.remove_prefix(rest.find('\r'));
        reply().append(value.bytes.substr(0, at));
        reply().append(":" + std::to_string(target));
        reply().append(rest);
        return true;
    }
};

class ModeReply final : public OwnReply {
  public:
    using Mode = bool OwnConnection::*;

    ModeReply(Client& client, Request request, Mode mode, bool is_on)
        : OwnReply(client, std::move(request)), mode_(mode), is_on_(is_on) {}

  private:
    bool take(const net::Slice& value) override {
        if (is_ok(value.bytes)) connection().*mode_ = is_on_;
        return OwnReply::take(value);
    }

    const Mode mode_;
    const bool is_on_;
};

// Looks for the client that another one redirects to. It says nothing: the command is executed
// after it.
class TargetGathering final : public LaneGathering<std::int64_t> {
  public:
    TargetGathering(Client& asker, std::uint64_t target) : LaneGathering(asker), target_(target) {}

  private:
    // The backend's number of that client's own connection. It is never given back from now on:
    // what comes to it is not for the next who would get it.
    std::int64_t look(ClientList& clients) const override {
        for (auto& client : clients) {
            if (client.id() != target_ || !is_connected(client)) continue;
            auto* const own = client.own();
            if (own == nullptr || own->id() == 0) return 0;
            own->is_target = true;
            return own->id();
        }
        return 0;
    }

    void conclude(std::vector<std::int64_t> found) override {
        asker().redirection_inquiry = RedirectionInquiry{true, std::ranges::max(found)};
        finish();
    }

    const std::uint64_t target_;
};

resp::Command with_word(const resp::Command& command, std::size_t place, std::string_view word) {
    resp::Command changed;
    changed.words = command.words;
    changed.words[place] = word;
    return changed;
}

// `command` as the backend is to see it. Connections that clients share never track, so without one
// of its own OFF has no effect but its reply.
Execution track(Client& client, const CommandSpec& spec, const resp::Command& command,
                const Tracking& wanted) {
    if (client.own() == nullptr && is_word(command.words[2], "off")) {
        return forward(client, spec, command);
    }
    const auto [own, execution] = own_connection(client, spec.name);
    if (own == nullptr) return execution;
    return send_own<TrackingReply>(client, command, {.holds_back = true}, wanted);
}

Execution redirect_to_self(Client& client, const CommandSpec& spec, const resp::Command& command,
                           const Tracking& wanted) {
    const auto place = find_redirection(command)->word;
    const auto [own, execution] = own_connection(client, spec.name);
    if (own == nullptr) return execution;
    if (own->id() != 0) {
        const auto number = std::to_string(own->id());
        return track(client, spec, with_word(command, place, number), wanted);
    }
    resp::Command question;
    question.words = {"CLIENT", "ID"};
    std::vector<std::string> words(command.words.begin(), command.words.end());
    return send_own<SelfTrackingReply>(client, question, {.holds_back = true}, wanted,
                                       std::move(words), place);
}

Execution redirect(Client& client, const CommandSpec& spec, const resp::Command& command,
                   const Tracking& wanted) {
    auto& inquiry = client.redirection_inquiry;
    if (!inquiry) {
        inquiry.emplace();
        gather<TargetGathering>(client, static_cast<std::uint64_t>(wanted.redirected_to));
        return Execution::later;
    }
    if (!inquiry->is_answered) return Execution::later;
    if (inquiry->backend_id == 0) {
        inquiry.reset();
        append_error(client.out(), "ERR The client ID you want redirect to does not exist");
        return Execution::done;
    }
    const auto number = std::to_string(inquiry->backend_id);
    const auto execution =
        track(client, spec, with_word(command, find_redirection(command)->word, number), wanted);
    if (execution == Execution::done) inquiry.reset();
    return execution;
}

// A mode that a connection is in until it is told otherwise; no shared one ever is.
Execution switch_mode(Client& client, const resp::Command& command, std::string_view name,
                      ModeReply::Mode mode) {
    const bool is_on = is_word(command.words[2], "on");
    if (client.own() == nullptr && !is_on) return forward(client, cache::Written{}, command);
    const auto [own, execution] = own_connection(client, name);
    if (own == nullptr) return execution;
    return send_own<ModeReply>(client, command, {.holds_back = true}, mode, is_on);
}

}  // namespace

Execution client_tracking(Client& client, const CommandSpec& spec, const resp::Command& command) {
    const auto redirection = find_redirection(command);
    Tracking wanted;
    wanted.is_on = is_word(command.words[2], "on");
    wanted.is_broadcasting = asks_for_broadcast(command);
    if (!redirection) return track(client, spec, command, wanted);
    wanted.redirected_to = static_cast<std::int64_t>(redirection->id);
    return redirection->id == client.id() ? redirect_to_self(client, spec, command, wanted)
                                          : redirect(client, spec, command, wanted);
}

Execution client_redirection(Client& client, const CommandSpec& spec,
                             const resp::Command& command) {
    if (client.own() == nullptr) return forward(client, spec, command);
    return send_own<RedirectionReply>(client, command, {});
}

Execution client_no_evict(Client& client, const resp::Command& command) {
    return switch_mode(client, command, "client|no-evict", &OwnConnection::is_exempt);
}

Execution client_no_touch(Client& client, const resp::Command& command) {
    return switch_mode(client, command, "client|no-touch", &OwnConnection::is_touchless);
}

}  // namespace nearcache::resp_server
