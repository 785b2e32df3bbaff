#include "resp_server/commands/own_commands.hpp"

#include <span>
#include <string_view>

#include "resp/reply_writer.hpp"
#include "resp_server/commands/data_commands.hpp"

namespace nearcache::resp_server {

namespace {

using Kind = Subscriptions::Kind;

Kind kind_of(std::string_view command) noexcept {
    if (command.starts_with('p')) return Kind::patterns;
    const bool is_shard = command == "ssubscribe" || command == "sunsubscribe";
    return is_shard ? Kind::shard_channels : Kind::channels;
}

bool unsubscribes(std::string_view command) noexcept {
    return command.find("unsubscribe") != std::string_view::npos;
}

// One confirmation for each channel that is named; without any, one for each that is subscribed to.
class SubscriptionReply final : public OwnReply {
  public:
    SubscriptionReply(Client& client, Request request, Kind kind, std::size_t channels)
        : OwnReply(client, std::move(request)), kind_(kind), missing_(channels) {}

  private:
    bool is_confirmed() const noexcept override { return true; }

    bool take(const net::Slice& value) override {
        append_slice(reply(), value);
        const auto confirmation = Subscriptions::read(value.bytes);
        if (!confirmation) return true;  // an error
        // To Redis it is a message, which CLIENT REPLY does not hold back.
        unmute();
        auto& subscriptions = connection().subscriptions;
        if (missing_ == 0) missing_ = std::max<std::size_t>(1, subscriptions.count(kind_));
        subscriptions.apply(*confirmation);
        return --missing_ == 0;
    }

    const Kind kind_;
    std::size_t missing_;
};

class MonitorReply final : public OwnReply {
  public:
    using OwnReply::OwnReply;

  private:
    bool take(const net::Slice& value) override {
        connection().is_monitoring = is_ok(value.bytes);
        return OwnReply::take(value);
    }
};

void append_confirmation(Client& client, std::string_view verb,
                         std::optional<std::string_view> channel) {
    auto& out = client.replies().unmuted_tail();
    resp::append_push(out, client.dialect(), 3);
    resp::append_bulk(out, verb);
    channel ? resp::append_bulk(out, *channel) : resp::append_null(out, client.dialect());
    resp::append_integer(out, 0);
}

// Nothing is subscribed to where there is no connection of one's own.
Execution unsubscribe_from_nothing(Client& client, std::string_view verb,
                                   const resp::Command& command) {
    if (command.words.size() == 1) append_confirmation(client, verb, {});
    for (std::size_t i = 1; i < command.words.size(); ++i) {
        append_confirmation(client, verb, command.words[i]);
    }
    return Execution::done;
}

}  // namespace

OwnOrNot own_connection(Client& client, std::string_view command) {
    if (client.own() != nullptr) return {client.own()};
    if (!client.cache().backend_lends()) {
        refuse_own_connection(client, command);
        return {};
    }
    if (client.replies().pending() != 0) return {nullptr, Execution::later};
    if (client.lend_own() != nullptr) return {client.own()};
    refuse_no_more_own(client);
    return {};
}

std::optional<net::Limiter::Permit> own_permit_or_refuse(Client& client) {
    auto permit = permit_or_refuse(client);
    if (!permit) client.own()->give_back_if_idle();
    return permit;
}

Execution block(Client& client, const CommandSpec& spec, const resp::Command& command) {
    const auto [own, execution] = own_connection(client, spec.name);
    if (own == nullptr) return execution;
    return send_own(client, command,
                    {.written = written_by(client, spec, command), .blocks = true});
}

// WAIT waits for what its own connection has executed last: whatever that is, it comes after all
// that this client had answered before.
Execution wait(Client& client, const resp::Command& command) {
    const auto [own, execution] = own_connection(client, "wait");
    if (own == nullptr) return execution;
    if (client.waits_elsewhere()) return Execution::later;
    if (!own->hears_everything()) own->send_unheard("*1\r\n$4\r\nPING\r\n");
    return send_own(client, command, {.blocks = true});
}

Execution subscribe(Client& client, const CommandSpec& spec, const resp::Command& command) {
    if (client.own() == nullptr && unsubscribes(spec.name)) {
        return unsubscribe_from_nothing(client, spec.name, command);
    }
    const auto [own, execution] = own_connection(client, spec.name);
    if (own == nullptr) return execution;
    return send_own<SubscriptionReply>(client, command, {.holds_back = true}, kind_of(spec.name),
                                       command.words.size() - 1);
}

// Redis does not answer those who monitor already.
Execution monitor(Client& client, const resp::Command& command) {
    const auto [own, execution] = own_connection(client, "monitor");
    if (own == nullptr) return execution;
    if (own->is_monitoring) return Execution::done;
    return send_own<MonitorReply>(client, command, {.holds_back = true});
}

Execution say_subscribed(Client& client, const resp::Command& command) {
    return send_own(client, command, {.holds_back = true});
}

}  // namespace nearcache::resp_server
