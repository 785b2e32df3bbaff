#include "resp_server/client_line.hpp"

#include <algorithm>
#include <chrono>
#include <string_view>

#include "resp_server/own_connection.hpp"

namespace nearcache::resp_server {

namespace {

using Kind = Subscriptions::Kind;

class Line {
  public:
    void add(std::string_view name, std::string_view value) {
        if (!text_.empty()) text_.push_back(' ');
        text_.append(name).append("=").append(value);
    }
    void add(std::string_view name, std::uint64_t value) { add(name, std::to_string(value)); }
    void add_signed(std::string_view name, std::int64_t value) { add(name, std::to_string(value)); }

    std::string end() {
        text_.push_back('\n');
        return std::move(text_);
    }

  private:
    std::string text_;
};

std::uint64_t seconds_between(TimePoint from, TimePoint to) {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(to - from).count();
    return static_cast<std::uint64_t>(std::max<std::int64_t>(0, seconds));
}

std::string flags_of(const Client& client) {
    const auto* const own = client.own();
    std::string flags;
    if (own != nullptr && own->is_monitoring) flags.push_back('O');
    if (own != nullptr && own->subscriptions.any()) flags.push_back('P');
    if (own != nullptr && own->transaction.is_open()) flags.push_back('x');
    if (is_blocked_in_backend(client)) flags.push_back('b');
    if (own != nullptr && own->is_tracking) flags.push_back('t');
    if (own != nullptr && own->is_tracking && own->is_broadcasting) flags.push_back('B');
    if (client.is_leaving()) flags.push_back('c');
    if (own != nullptr && own->is_exempt) flags.push_back('e');
    if (flags.empty()) flags.push_back('N');
    return flags;
}

std::int64_t redirection_of(const Client& client) {
    const auto* const own = client.own();
    return own != nullptr && own->is_tracking ? own->redirected_to : -1;
}

void add_identity(Line& line, const Client& client, TimePoint now) {
    const auto* const socket = client.socket();
    line.add("id", client.id());
    line.add("addr", socket != nullptr ? socket->peer() : "");
    line.add("laddr", socket != nullptr ? socket->local() : "");
    line.add_signed("fd", socket != nullptr ? socket->descriptor() : -1);
    line.add("name", client.name);
    line.add("age", seconds_between(client.connected_at(), now));
    line.add("idle", seconds_between(std::max(client.connected_at(), client.now()), now));
    line.add("flags", flags_of(client));
    line.add("db", client.database().number);
}

void add_engagements(Line& line, const Client& client) {
    const auto* const own = client.own();
    const auto count = [own](Kind kind) -> std::uint64_t {
        return own != nullptr ? own->subscriptions.count(kind) : 0;
    };
    line.add("sub", count(Kind::channels));
    line.add("psub", count(Kind::patterns));
    line.add("ssub", count(Kind::shard_channels));
    const bool is_queueing = own != nullptr && own->transaction.is_open();
    line.add_signed("multi",
                    is_queueing ? static_cast<std::int64_t>(own->transaction.count()) : -1);
}

void add_memory(Line& line, Client& client) {
    const auto* const socket = client.socket();
    const auto unread = socket != nullptr ? socket->unread_bytes() : 0;
    const auto unsent = client.replies().output().size();
    line.add("qbuf", unread);
    for (const std::string_view uncounted :
         {"qbuf-free", "argv-mem", "multi-mem", "rbs", "rbp", "obl"}) {
        line.add(uncounted, std::uint64_t{0});
    }
    line.add("oll", std::uint64_t{unsent != 0});
    line.add("omem", unsent);
    line.add("tot-mem", unread + unsent);
    line.add("events", unsent != 0 ? "rw" : "r");
}

}  // namespace

ClientType type_of(const Client& client) noexcept {
    const auto* const own = client.own();
    return own != nullptr && own->subscriptions.any() ? ClientType::pubsub : ClientType::normal;
}

bool is_connected(const Client& client) noexcept {
    return client.socket() == nullptr || client.socket()->is_connected();
}

bool is_blocked_in_backend(const Client& client) noexcept {
    return client.is_blocked() && client.own()->id() != 0;
}

std::string client_line(Client& client, const ClientLineStyle& style) {
    Line line;
    add_identity(line, client, style.now);
    add_engagements(line, client);
    add_memory(line, client);
    line.add("cmd", client.last_command.empty() ? "NULL" : client.last_command);
    line.add("user", "default");
    line.add_signed("redir", redirection_of(client));
    line.add("resp", static_cast<std::uint64_t>(client.dialect()));
    if (style.shows_library) {
        line.add("lib-name", client.library_name);
        line.add("lib-ver", client.library_version);
    }
    return line.end();
}

}  // namespace nearcache::resp_server
