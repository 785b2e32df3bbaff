#pragma once

#include <string_view>

#include "base/log.hpp"
#include "resp/request_parser.hpp"
#include "resp_server/client.hpp"

namespace nearcache::resp_server {

enum class Execution {
    done,   // answered, or waiting in the reply queue
    later,  // an earlier command must be answered first; nothing happened, try again then
};

// Says at debug level where the answer to a command comes from.
inline void note_source(const Client& client, const resp::Command& command,
                        std::string_view source) {
    if (!log::debug_enabled()) return;
    const auto key = command.words.size() > 1 ? command.words[1] : std::string_view{};
    log::debug(
        "resp", "command",
        {{"client", client.id()}, {"command", command.name()}, {"key", key}, {"source", source}});
}

// Of the commands that are answered on the spot: answers it, wherever the replies go just now.
void answer_here(Client& client, const resp::Command& command);

// Finds the command's row in the table, checks its arity and hands it to whoever executes it.
Execution execute(Client& client, const resp::Command& command);

}  // namespace nearcache::resp_server
