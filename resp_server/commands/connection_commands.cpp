#include "resp_server/commands/connection_commands.hpp"

#include <charconv>
#include <memory>
#include <string>
#include <utility>

#include <boost/algorithm/string/predicate.hpp>

#include "resp/reply_writer.hpp"
#include "resp_server/commands/client_commands.hpp"
#include "resp_server/commands/own_commands.hpp"

namespace nearcache::resp_server {

namespace {

using boost::algorithm::iequals;
using resp::Dialect;

std::optional<std::int64_t> to_integer(std::string_view text) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return number;
}

void append_hello(Output& out, const Client& client) {
    resp::append_map(out, client.dialect(), 7);
    resp::append_bulk(out, "server");
    resp::append_bulk(out, "redis");
    resp::append_bulk(out, "version");
    resp::append_bulk(out, client.context().facts.redis_version);
    resp::append_bulk(out, "proto");
    resp::append_integer(out, static_cast<std::int64_t>(client.dialect()));
    resp::append_bulk(out, "id");
    resp::append_integer(out, static_cast<std::int64_t>(client.id()));
    resp::append_bulk(out, "mode");
    resp::append_bulk(out, "standalone");
    resp::append_bulk(out, "role");
    resp::append_bulk(out, "master");
    resp::append_bulk(out, "modules");
    resp::append_array(out, 0);
}

void refuse_auth(Client& client) {
    append_error(client.out(),
                 "ERR AUTH <password> called without any password configured for the default "
                 "user. Are you sure your configuration is correct?");
}

// Redis without users: the default user takes any password, nobody else exists.
bool is_let_in(Client& client, std::string_view user) {
    if (user == "default") return true;
    append_error(client.out(), "WRONGPASS invalid username-password pair or user is disabled.");
    return false;
}

// Its own connection changes over to the dialect with it; what that answers is not for the client.
class HelloReply final : public OwnReply {
  public:
    HelloReply(Client& client, Request request, Dialect wanted)
        : OwnReply(client, std::move(request)), wanted_(wanted) {}

  private:
    bool take(const net::Slice& value) override {
        if (value.bytes.starts_with('-')) return OwnReply::take(value);
        connection().set_dialect(wanted_);
        client().set_dialect(wanted_);
        append_hello(reply(), client());
        return true;
    }

    const Dialect wanted_;
};

class SelectReply final : public OwnReply {
  public:
    SelectReply(Client& client, Request request, std::optional<std::uint32_t> wanted)
        : OwnReply(client, std::move(request)), wanted_(wanted) {}

  private:
    bool take(const net::Slice& value) override {
        if (is_ok(value.bytes) && wanted_) {
            connection().set_database(*wanted_);
            client().set_database(*wanted_);
        }
        return OwnReply::take(value);
    }

    const std::optional<std::uint32_t> wanted_;
};

// What the backend says to SELECT; what comes behind it goes to the database that it chose.
class PendingSelect final : public PendingReply, public cache::Forwarding {
  public:
    PendingSelect(Client& client, net::Limiter::Permit permit, std::optional<std::uint32_t> wanted)
        : PendingReply(std::move(permit)), client_(client), wanted_(wanted) {
        client_.hold_back();
    }

    void on_forwarded(const net::Slice& answer) override {
        if (is_ok(answer.bytes) && wanted_) client_.set_database(*wanted_);
        append_slice(reply(), answer);
        finish();
    }

    void on_not_forwarded(Errc why) override {
        append_failure(reply(), why);
        finish();
    }

  private:
    void finish() {
        client_.let_go_on();
        ready();
    }

    Client& client_;
    const std::optional<std::uint32_t> wanted_;
};

// The options of HELLO, as far as they were understood.
struct HelloOptions {
    Dialect dialect;
    std::optional<std::string_view> name;
};

// Empty when something is wrong, which is written then.
std::optional<HelloOptions> read_hello(Client& client, const resp::Command& command) {
    const auto& words = command.words;
    HelloOptions options{client.dialect(), {}};
    const auto version = to_integer(words[1]);
    if (!version) {
        append_error(client.out(), "ERR Protocol version is not an integer or out of range");
        return std::nullopt;
    }
    if (*version != 2 && *version != 3) {
        append_error(client.out(), "NOPROTO unsupported protocol version");
        return std::nullopt;
    }
    options.dialect = static_cast<Dialect>(*version);
    for (std::size_t next = 2; next < words.size();) {
        const auto left = words.size() - next;
        if (iequals(words[next], "AUTH") && left > 2) {
            if (!is_let_in(client, words[next + 1])) return std::nullopt;
            next += 3;
        } else if (iequals(words[next], "SETNAME") && left > 1) {
            if (!is_client_name(client, words[next + 1])) return std::nullopt;
            options.name = words[next + 1];
            next += 2;
        } else {
            append_error(client.out(),
                         "ERR Syntax error in HELLO option '" + std::string(words[next]) + "'");
            return std::nullopt;
        }
    }
    return options;
}

}  // namespace

void ping(Client& client, const resp::Command& command) {
    switch (command.words.size()) {
        case 1:
            return resp::append_simple(client.out(), "PONG");
        case 2:
            return resp::append_bulk(client.out(), command.words[1]);
        default:
            return append_wrong_arity(client.out(), "ping");
    }
}

void echo(Client& client, const resp::Command& command) {
    resp::append_bulk(client.out(), command.words[1]);
}

void quit(Client& client) {
    resp::append_simple(client.out(), "OK");
    client.leave();
}

void auth(Client& client, const resp::Command& command) {
    if (command.words.size() > 3) return append_error(client.out(), "ERR syntax error");
    if (command.words.size() == 2) return refuse_auth(client);
    if (is_let_in(client, command.words[1])) resp::append_simple(client.out(), "OK");
}

Execution reset(Client& client) {
    if (client.replies().pending() != 0) return Execution::later;
    client.drop_own();
    client.name.clear();
    client.set_dialect(Dialect::resp2);
    client.set_database(client.cache().home_database().number);
    // As in Redis: a reply that was to be skipped is.
    if (client.replying() != Client::Replying::skipping) {
        client.set_replying(Client::Replying::on);
    }
    resp::append_simple(client.out(), "RESET");
    return Execution::done;
}

void say_hello(Client& client) { append_hello(client.out(), client); }

Execution hello(Client& client, const resp::Command& command) {
    if (client.replies().pending() != 0) return Execution::later;
    const auto options = read_hello(client, command);
    if (!options) return Execution::done;
    if (options->name) client.name = *options->name;
    if (client.own() != nullptr && options->dialect != client.dialect()) {
        resp::Command change;
        change.words = {"HELLO", options->dialect == Dialect::resp3 ? "3" : "2"};
        return send_own<HelloReply>(client, change, {.holds_back = true, .follows = true},
                                    options->dialect);
    }
    client.set_dialect(options->dialect);
    append_hello(client.out(), client);
    return Execution::done;
}

Execution select(Client& client, const resp::Command& command) {
    const auto wanted = parse_database(command.words[1]);
    if (client.own() != nullptr) {
        return send_own<SelectReply>(client, command, {.holds_back = true}, wanted);
    }
    if (client.replies().pending() != 0) return Execution::later;
    if (wanted == client.database().number) {
        resp::append_simple(client.out(), "OK");
        return Execution::done;
    }
    auto permit = permit_or_refuse(client);
    if (!permit) return Execution::done;
    auto pending = std::make_unique<PendingSelect>(client, std::move(*permit), wanted);
    auto& forwarding = *pending;
    client.replies().add(std::move(pending));
    client.cache().try_select(client.route(), command.words[1], forwarding);
    return Execution::done;
}

std::optional<std::uint32_t> parse_database(std::string_view word) {
    const auto number = to_integer(word);
    if (!number || *number < 0 || *number > std::numeric_limits<std::int32_t>::max()) {
        return std::nullopt;
    }
    return static_cast<std::uint32_t>(*number);
}

}  // namespace nearcache::resp_server
