#include "resp_server/commands/client_filters.hpp"

#include <charconv>
#include <utility>

#include <boost/algorithm/string/predicate.hpp>

namespace nearcache::resp_server {

namespace {

using Words = boost::container::small_vector<std::string_view, 16>;

constexpr std::string_view syntax_error = "ERR syntax error";

// What Redis sees of a word where it reads a text that ends at a byte of zero.
std::string_view seen(std::string_view word) { return word.substr(0, word.find('\0')); }

template <class Read>
std::optional<Read> refuse(Client& client, std::string_view text) {
    append_error(client.out(), text);
    return std::nullopt;
}

template <class Read>
std::optional<Read> refuse(Client& client, std::string_view what, std::string_view word) {
    return refuse<Read>(client, "ERR " + std::string(what) + " '" + std::string(seen(word)) + "'");
}

std::optional<ClientType> parse_type(std::string_view word) {
    if (is_word(word, "normal")) return ClientType::normal;
    if (is_word(word, "slave") || is_word(word, "replica")) return ClientType::replica;
    if (is_word(word, "pubsub")) return ClientType::pubsub;
    if (is_word(word, "master")) return ClientType::master;
    return std::nullopt;
}

std::optional<ClientType> read_type(Client& client, std::string_view word) {
    const auto type = parse_type(word);
    return type ? type : refuse<ClientType>(client, "Unknown client type", word);
}

// One option of CLIENT KILL and its value. False when something is wrong, which is written then.
bool read_kill_option(Client& client, std::string_view option, std::string_view value,
                      KilledClients& killed) {
    if (is_word(option, "id")) {
        const auto id = parse_integer(value);
        if (id && *id > 0) {
            killed.id = static_cast<std::uint64_t>(*id);
            return true;
        }
        append_error(client.out(), "ERR client-id should be greater than 0");
        return false;
    }
    if (is_word(option, "type")) return (killed.type = read_type(client, value)).has_value();
    if (is_word(option, "addr")) return killed.peer = seen(value), true;
    if (is_word(option, "laddr")) return killed.local = seen(value), true;
    if (is_word(option, "user")) {
        // There is nobody else, and everybody is it.
        if (value == "default") return true;
        return refuse<bool>(client, "No such user", value).has_value();
    }
    if (is_word(option, "skipme") && (is_word(value, "yes") || is_word(value, "no"))) {
        killed.spared = is_word(value, "yes") ? client.id() : 0;
        return true;
    }
    append_error(client.out(), syntax_error);
    return false;
}

// What an option of CLIENT TRACKING is made of: 0 when there is none such.
std::size_t words_of_option(const Words& words, std::size_t at) {
    for (const std::string_view alone : {"bcast", "optin", "optout", "noloop"}) {
        if (is_word(words[at], alone)) return 1;
    }
    const bool has_value = at + 1 < words.size();
    const bool takes_value = is_word(words[at], "redirect") || is_word(words[at], "prefix");
    return has_value && takes_value ? 2 : 0;
}

}  // namespace

bool is_word(std::string_view word, std::string_view option) {
    return boost::algorithm::iequals(seen(word), option);
}

std::optional<std::int64_t> parse_integer(std::string_view text) noexcept {
    const auto digits = text.substr(text.starts_with('-') ? 1 : 0);
    if (digits.empty()) return std::nullopt;
    if (digits.front() == '0' && text != "0") return std::nullopt;

    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return number;
}

const BackendCommand* backend_client_command(Client& client, std::string_view name) {
    const auto* const catalogue = client.context().commands.current();
    const auto* const container = catalogue != nullptr ? catalogue->find("client") : nullptr;
    return container != nullptr ? container->find_subcommand(name) : nullptr;
}

std::optional<ListedClients> read_client_list(Client& client, const resp::Command& command) {
    const auto& words = command.words;
    ListedClients listed;
    if (words.size() == 2) return listed;
    if (words.size() == 4 && is_word(words[2], "type")) {
        listed.type = read_type(client, words[3]);
        return listed.type ? std::optional(std::move(listed)) : std::nullopt;
    }
    if (words.size() == 3 || !is_word(words[2], "id")) {
        return refuse<ListedClients>(client, syntax_error);
    }
    auto& ids = listed.ids.emplace();
    for (std::size_t i = 3; i < words.size(); ++i) {
        const auto id = parse_integer(words[i]);
        if (!id) return refuse<ListedClients>(client, "ERR Invalid client ID");
        ids.push_back(static_cast<std::uint64_t>(*id));
    }
    return listed;
}

bool KilledClients::include(const Client& client) const {
    if (!is_connected(client) || client.id() == spared) return false;
    if (id && client.id() != *id) return false;
    if (type && type_of(client) != *type) return false;
    const auto* const socket = client.socket();
    if (peer && (socket == nullptr || socket->peer() != *peer)) return false;
    return !local || (socket != nullptr && socket->local() == *local);
}

std::optional<KilledClients> read_client_kill(Client& client, const resp::Command& command) {
    const auto& words = command.words;
    KilledClients killed;
    if (words.size() == 3) {
        killed.is_old_form = true;
        killed.peer = seen(words[2]);
        return killed;
    }
    killed.spared = client.id();
    for (std::size_t i = 2; i < words.size(); i += 2) {
        if (i + 1 == words.size()) return refuse<KilledClients>(client, syntax_error);
        if (!read_kill_option(client, words[i], words[i + 1], killed)) return std::nullopt;
    }
    return killed;
}

std::optional<UnblockedClient> read_client_unblock(Client& client, const resp::Command& command) {
    const auto& words = command.words;
    UnblockedClient unblocked;
    if (words.size() > 4) {
        return refuse<UnblockedClient>(
            client, "ERR unknown subcommand or wrong number of arguments for '" +
                        std::string(seen(words[1]).substr(0, 128)) + "'. Try CLIENT HELP.");
    }
    if (words.size() == 4) {
        unblocked.is_failed = is_word(words[3], "error");
        if (!unblocked.is_failed && !is_word(words[3], "timeout")) {
            return refuse<UnblockedClient>(client,
                                           "ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR");
        }
    }
    const auto id = parse_integer(words[2]);
    if (!id) {
        return refuse<UnblockedClient>(client, "ERR value is not an integer or out of range");
    }
    unblocked.id = static_cast<std::uint64_t>(*id);
    return unblocked;
}

std::optional<Redirection> find_redirection(const resp::Command& command) {
    const auto& words = command.words;
    for (std::size_t i = 3; i < words.size();) {
        const auto size = words_of_option(words, i);
        if (size == 0) return std::nullopt;
        if (is_word(words[i], "redirect")) {
            const auto id = parse_integer(words[i + 1]);
            if (!id) return std::nullopt;
            return Redirection{i + 1, static_cast<std::uint64_t>(*id)};
        }
        i += size;
    }
    return std::nullopt;
}

bool asks_for_broadcast(const resp::Command& command) {
    const auto& words = command.words;
    for (std::size_t i = 3; i < words.size();) {
        const auto size = words_of_option(words, i);
        if (size == 0) return false;
        if (is_word(words[i], "bcast")) return true;
        i += size;
    }
    return false;
}

}  // namespace nearcache::resp_server
