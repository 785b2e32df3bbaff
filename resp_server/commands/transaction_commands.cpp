#include "resp_server/commands/transaction_commands.hpp"

#include <string>
#include <utility>
#include <vector>

#include <boost/algorithm/string/predicate.hpp>

#include "resp/reply_reader.hpp"
#include "resp/reply_writer.hpp"
#include "resp_server/commands/connection_commands.hpp"
#include "resp_server/commands/data_commands.hpp"
#include "resp_server/commands/foreign_commands.hpp"
#include "resp_server/commands/own_commands.hpp"

namespace nearcache::resp_server {

namespace {

using boost::algorithm::iequals;

bool is_error(const net::Slice& value) noexcept { return value.bytes.starts_with('-'); }

// Redis may refuse MULTI itself (an ACL): then what follows is executed as it comes, and is known
// to have changed when its reply is here.
class MultiReply final : public OwnReply {
  public:
    MultiReply(Client& client, Request request, bool opens)
        : OwnReply(client, std::move(request)), opens_(opens) {}

  private:
    bool take(const net::Slice& value) override {
        auto& transaction = connection().transaction;
        if (opens_ && is_error(value)) transaction.end();
        return OwnReply::take(value);
    }

    const bool opens_;
};

class QueuedReply : public OwnReply {
  public:
    // `noted`: the words, if EXEC's answer to them has to be looked at.
    QueuedReply(Client& client, Request request, std::vector<std::string> noted = {})
        : OwnReply(client, std::move(request)), noted_(std::move(noted)) {}

  protected:
    bool take(const net::Slice& value) override {
        if (is_queued(value)) connection().transaction.queued(std::move(noted_));
        return OwnReply::take(value);
    }
    static bool is_queued(const net::Slice& value) noexcept { return value.bytes == "+QUEUED\r\n"; }
    const std::vector<std::string>& noted() const noexcept { return noted_; }

  private:
    std::vector<std::string> noted_;
};

// Has its answer written to `out`, wherever replies that are known at once go otherwise.
void answer_into(Output& out, Client& client, const std::vector<std::string>& words) {
    resp::Command command;
    command.words.assign(words.begin(), words.end());
    client.replies().divert(&out);
    answer_here(client, command);
    client.replies().divert(nullptr);
}

// Takes the place of a command that is answered here: a PING was sent, whose own answer nobody
// wants to hear when there turns out to be no transaction.
class StandInReply final : public QueuedReply {
  public:
    using QueuedReply::QueuedReply;

  private:
    bool take(const net::Slice& value) override {
        if (is_queued(value) || is_error(value)) return QueuedReply::take(value);
        answer_into(reply(), client(), noted());
        return true;
    }
};

// Stands for a command that is refused here: something was sent that Redis refuses as well, so that
// EXEC will fail as it should.
class RefusedReply final : public OwnReply {
  public:
    RefusedReply(Client& client, Request request, std::string why)
        : OwnReply(client, std::move(request)), why_(std::move(why)) {}

  private:
    bool take(const net::Slice&) override {
        append_error(reply(), why_);
        return true;
    }

    const std::string why_;
};

class DiscardReply final : public OwnReply {
  public:
    using OwnReply::OwnReply;

  private:
    bool take(const net::Slice& value) override {
        connection().transaction.end();
        return OwnReply::take(value);
    }
};

class ExecReply final : public OwnReply {
  public:
    using OwnReply::OwnReply;

  private:
    bool take(const net::Slice& value) override {
        connection().transaction.end();
        const auto& noted = connection().transaction.noted();
        resp::ReplyReader reader(value.bytes);
        const auto count = reader.read_array();
        if (noted.empty() || !count) return OwnReply::take(value);
        resp::append_array(reply(), *count);
        auto next = noted.begin();
        for (std::size_t place = 0; place < *count; ++place) {
            const auto element = reader.read_any().value_or(std::string_view{});
            if (next == noted.end() || next->place != place) {
                reply().append(element);
            } else {
                answer(*next++, element);
            }
        }
        return true;
    }

    void answer(const NotedCommand& noted, std::string_view element) {
        if (iequals(noted.words.front(), "SELECT")) {
            reply().append(element);
            if (is_ok(element)) select(noted);
            return;
        }
        answer_into(reply(), client(), noted.words);
    }

    void select(const NotedCommand& noted) {
        const auto database = parse_database(noted.words[1]);
        if (!database) return;
        connection().set_database(*database);
        client().set_database(*database);
    }
};

std::vector<std::string> copied(const resp::Command& command) {
    return {command.words.begin(), command.words.end()};
}

// What EXEC answers to the stand-in is thrown away.
Execution queue_stand_in(Client& client, const resp::Command& command) {
    client.own()->transaction.changes_client();
    client.own()->send({"*1\r\n$4\r\nPING\r\n"}, std::make_unique<StandInReply>(
                                                     client, OwnReply::Request{}, copied(command)));
    return Execution::done;
}

Execution refuse_queued(Client& client, std::string why) {
    client.own()->send({"*1\r\n$13\r\nPROXY.REFUSED\r\n"},
                       std::make_unique<RefusedReply>(client, OwnReply::Request{}, std::move(why)));
    return Execution::done;
}

Execution refuse_in_transaction(Client& client, const CommandSpec& spec) {
    return refuse_queued(client, "ERR '" + std::string(spec.name) +
                                     "' between MULTI and EXEC is not offered by this proxy");
}

Execution queue_select(Client& client, const resp::Command& command) {
    if (const auto database = parse_database(command.words[1])) {
        client.own()->transaction.may_select(*database);
        client.own()->transaction.changes_client();
    }
    return send_own<QueuedReply>(client, command, {.follows = true}, copied(command));
}

Execution queue_forwarded(Client& client, const CommandSpec* spec, const resp::Command& command) {
    cache::Written written;
    auto& transaction = client.own()->transaction;
    for (const auto number : transaction.databases()) {
        const auto database = client.cache().database_to_write(number);
        merge(written, spec == nullptr ? written_by_foreign(client, database, command)
                                       : written_by(client, database, *spec, command));
    }
    transaction.add_written(written);
    // Should the backend have refused MULTI, it is executed now.
    return send_own<QueuedReply>(client, command, {.written = std::move(written), .follows = true});
}

// With too many words it ends the watching, too, and says so in the words for a transaction.
Execution exec_without_multi(Client& client, const resp::Command& command) {
    if (command.words.size() > 1 && client.own() != nullptr) {
        const auto sent = send_own(client, command, {.follows = true});
        if (sent == Execution::done) client.own()->is_watching = false;
        return sent;
    }
    append_error(client.out(),
                 command.words.size() == 1
                     ? "ERR EXEC without MULTI"
                     : "EXECABORT Transaction discarded because of: wrong number of arguments for "
                       "'exec' command");
    return Execution::done;
}

}  // namespace

// What was meant for a transaction must not take effect without one: who is refused it for want of
// room is not listened to any more.
Execution multi(Client& client, const resp::Command& command) {
    const auto [own, execution] = own_connection(client, "multi");
    if (own == nullptr) {
        if (execution == Execution::done && client.cache().backend_lends()) client.leave();
        return execution;
    }
    if (own->transaction.is_ending()) return Execution::later;
    if (client.waits_elsewhere()) return Execution::later;
    auto permit = own_permit_or_refuse(client);
    if (!permit) {
        client.leave();
        return Execution::done;
    }
    const bool opens = !own->transaction.is_open();
    if (opens) own->transaction.begin(client.database().number);
    return send_own<MultiReply>(client, command, {.permit = std::move(permit)}, opens);
}

Execution watch(Client& client, const resp::Command& command) {
    const auto [own, execution] = own_connection(client, "watch");
    if (own == nullptr) return execution;
    if (client.waits_elsewhere()) return Execution::later;
    auto permit = own_permit_or_refuse(client);
    if (!permit) return Execution::done;
    if (!own->transaction.is_open()) own->is_watching = true;
    return send_own(client, command, {.permit = std::move(permit)});
}

Execution exec(Client& client, const resp::Command& command) {
    auto* const own = client.own();
    if (own == nullptr || !own->transaction.is_open()) return exec_without_multi(client, command);
    const auto sent = send_own<ExecReply>(client, command,
                                          {.written = own->transaction.written(),
                                           .holds_back = own->transaction.may_change_client(),
                                           .follows = true});
    if (sent == Execution::later) return sent;
    own->transaction.start_ending();
    own->is_watching = false;
    return sent;
}

Execution discard(Client& client, const resp::Command& command) {
    auto* const own = client.own();
    if (own == nullptr || !own->transaction.is_open()) {
        append_error(client.out(), "ERR DISCARD without MULTI");
        return Execution::done;
    }
    const auto sent = send_own<DiscardReply>(client, command, {.follows = true});
    if (sent == Execution::later) return sent;
    own->transaction.start_ending();
    own->is_watching = false;
    return sent;
}

Execution unwatch(Client& client, const resp::Command& command) {
    auto* const own = client.own();
    if (own == nullptr) {
        resp::append_simple(client.out(), "OK");
        return Execution::done;
    }
    const auto sent = send_own(client, command, {.follows = true});
    if (sent == Execution::done) own->is_watching = false;
    return sent;
}

Execution queue(Client& client, const Resolved& resolved, const resp::Command& command) {
    if (client.waits_elsewhere()) return Execution::later;
    const auto [spec, handler] = resolved;
    // The backend says what is wrong with it, and will not execute the others either.
    if (spec == nullptr || handler == Handler::refuse_subcommand) {
        return queue_forwarded(client, nullptr, command);
    }
    if (!spec->takes(command.words.size())) return queue_forwarded(client, spec, command);
    switch (handler) {
        case Handler::select:
            return queue_select(client, command);
        case Handler::auth:
        case Handler::client_here:
            return queue_stand_in(client, command);
        case Handler::unwatch:
            return queue_forwarded(client, spec, command);
        case Handler::hello:
            if (command.words.size() == 1) return queue_stand_in(client, command);
            return refuse_in_transaction(client, *spec);
        case Handler::subscribe:
        case Handler::monitor:
        case Handler::client_list:
        case Handler::client_kill:
        case Handler::client_unblock:
        case Handler::client_reply:
        case Handler::client_tracking:
        case Handler::client_no_evict:
        case Handler::proxy_get:
        case Handler::proxy_explain:
        case Handler::refuse_for_good:
            return refuse_in_transaction(client, *spec);
        case Handler::administer:
            if (!client.context().config.allows_admin_commands) {
                return refuse_queued(client, admin_refusal(spec->name));
            }
            break;
        default:
            break;
    }
    return queue_forwarded(client, spec, command);
}

}  // namespace nearcache::resp_server
