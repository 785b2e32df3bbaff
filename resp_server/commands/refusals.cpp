#include "resp_server/commands/refusals.hpp"

#include <algorithm>
#include <string>

#include <boost/algorithm/string/predicate.hpp>

#include "base/log.hpp"

namespace nearcache::resp_server {

namespace {

// Redis shows at most 128 bytes of what it did not understand.
constexpr std::size_t shown_bytes = 128;

// Redis prints what it did not understand as a C string.
std::string_view shown(std::string_view word, std::size_t most = shown_bytes) {
    return word.substr(0, std::min(most, word.find('\0')));
}

void refuse(Client& client, std::string_view name, std::string_view why) {
    std::string text = "ERR '";
    text.append(name).append("' ").append(why);
    append_error(client.out(), text);
}

}  // namespace

bool is_http(std::string_view name) {
    return boost::algorithm::iequals(name, "post") || boost::algorithm::iequals(name, "host:");
}

void refuse_unknown(Client& client, const resp::Command& command) {
    if (is_http(command.name())) {
        log::warn("resp", "HTTP on the RESP port, hanging up", {{"client", client.id()}});
        return client.leave();
    }
    std::string text = "ERR unknown command '";
    text.append(shown(command.name())).append("', with args beginning with: ");
    std::size_t length = 0;
    for (std::size_t i = 1; i < command.words.size() && length < shown_bytes; ++i) {
        const auto word = shown(command.words[i], shown_bytes - length);
        text.append("'").append(word).append("' ");
        length += word.size() + 3;
    }
    append_error(client.out(), text);
}

void refuse_subcommand(Client& client, const resp::Command& command) {
    std::string container(command.name());
    std::ranges::transform(container, container.begin(), [](char c) {
        return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    });
    const auto subcommand = std::string(shown(command.words[1]));
    append_error(client.out(),
                 "ERR unknown subcommand '" + subcommand + "'. Try " + container + " HELP.");
}

void refuse_own_connection(Client& client, std::string_view name) {
    refuse(client, name, "needs a connection of its own to a Redis: this backend has none to lend");
}

void refuse_no_more_own(Client& client) { append_error(client.out(), no_more_own_text); }

void refuse_for_good(Client& client, std::string_view name) {
    refuse(client, name, "takes over its connection: send it to Redis itself");
}

std::string admin_refusal(std::string_view name) {
    return "NOPERM '" + std::string(name) +
           "' is an administrative command, and resp.admin_commands is deny";
}

void refuse_admin(Client& client, std::string_view name) {
    append_error(client.out(), admin_refusal(name));
}

void refuse_cluster(Client& client) {
    append_error(client.out(), "ERR This instance has cluster support disabled");
}

std::optional<net::Limiter::Permit> permit_or_refuse(Client& client) {
    auto permit = client.context().in_flight.try_acquire();
    if (!permit) append_failure(client.out(), Errc::overloaded);
    return permit;
}

}  // namespace nearcache::resp_server
