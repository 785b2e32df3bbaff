#include "resp_server/commands/proxy_commands.hpp"

#include <charconv>
#include <optional>
#include <string>

#include <boost/algorithm/string/predicate.hpp>

#include "resp/reply_writer.hpp"
#include "resp_server/commands/read_commands.hpp"

namespace nearcache::resp_server {

namespace {

using boost::algorithm::iequals;
using std::chrono::milliseconds;

constexpr std::string_view syntax_error =
    "ERR syntax error: PROXY.GET key [NOCACHE | [MAXAGE ms] [MINFRESH ms] [MAXSTALE ms] "
    "[ONLYCACHED]] [NOSTORE]";
constexpr std::string_view number_error = "ERR value is not an integer or out of range";
// A hundred years.
constexpr std::int64_t most_milliseconds = 3'155'760'000'000;

std::optional<milliseconds> read_milliseconds(std::string_view text) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool is_number = error == std::errc{} && end == text.data() + text.size();
    if (!is_number || number < 0 || number > most_milliseconds) return std::nullopt;
    return milliseconds(number);
}

// The limit that an option sets; null: it sets none.
std::optional<milliseconds>* limit_named(std::string_view option, cache::Directives& directives) {
    if (iequals(option, "MAXAGE")) return &directives.max_age;
    if (iequals(option, "MINFRESH")) return &directives.min_fresh;
    return iequals(option, "MAXSTALE") ? &directives.max_stale : nullptr;
}

// What is wrong with the options; empty when nothing is.
std::string_view read_options(const resp::Command& command, cache::Directives& directives) {
    const auto& words = command.words;
    for (std::size_t i = 2; i < words.size(); ++i) {
        if (iequals(words[i], "NOCACHE")) {
            directives.no_cache = true;
        } else if (iequals(words[i], "ONLYCACHED")) {
            directives.only_if_cached = true;
        } else if (iequals(words[i], "NOSTORE")) {
            directives.no_store = true;
        } else if (auto* const limit = limit_named(words[i], directives)) {
            if (++i == words.size()) return syntax_error;
            *limit = read_milliseconds(words[i]);
            if (!*limit) return number_error;
        } else {
            return syntax_error;
        }
    }
    const bool has_others = directives.only_if_cached || directives.max_age ||
                            directives.min_fresh || directives.max_stale;
    return directives.no_cache && has_others ? syntax_error : std::string_view{};
}

}  // namespace

Execution proxy_get(Client& client, const resp::Command& command) {
    cache::Directives directives;
    const auto wrong = read_options(command, directives);
    if (!wrong.empty()) {
        append_error(client.out(), wrong);
        return Execution::done;
    }
    // Without options it is GET: the rules of the key hold.
    if (command.words.size() == 2) return get(client, command);
    return get(client, command, directives);
}

void proxy_explain(Client& client, const resp::Command& command) {
    const auto explained = client.cache().explain(client.key(command.words[1]), client.now());
    resp::append_map(client.out(), client.dialect(), explained.fields.size());
    for (const auto& [name, value] : explained.fields) {
        resp::append_bulk(client.out(), name);
        resp::append_bulk(client.out(), value);
    }
}

}  // namespace nearcache::resp_server
