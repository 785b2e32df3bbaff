#include "resp_server/commands/refusals.hpp"

#include <algorithm>
#include <string>

#include <boost/algorithm/string/predicate.hpp>

#include "base/log.hpp"

namespace nearcache::resp_server {

namespace {

// Redis shows at most 128 bytes of what it did not understand.
constexpr std::size_t shown_bytes = 128;

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
    text.append(command.name().substr(0, shown_bytes)).append("', with args beginning with: ");
    std::size_t shown = 0;
    for (std::size_t i = 1; i < command.words.size() && shown < shown_bytes; ++i) {
        const auto word = command.words[i].substr(0, shown_bytes - shown);
        text.append("'").append(word).append("' ");
        shown += word.size() + 3;
    }
    append_error(client.out(), text);
}

void refuse_subcommand(Client& client, const resp::Command& command) {
    std::string container(command.name());
    std::ranges::transform(container, container.begin(), [](char c) {
        return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    });
    const auto subcommand = std::string(command.words[1].substr(0, shown_bytes));
    append_error(client.out(),
                 "ERR unknown subcommand '" + subcommand + "'. Try " + container + " HELP.");
}

void refuse_own_connection(Client& client, std::string_view name) {
    refuse(client, name, "needs a connection of its own, which is not offered yet");
}

void refuse_admin(Client& client, std::string_view name) {
    refuse(client, name, "is an administrative command: send it to Redis itself");
}

}  // namespace nearcache::resp_server
