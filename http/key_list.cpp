#include "http/key_list.hpp"

#include <algorithm>
#include <chrono>
#include <unordered_set>
#include <utility>

#include "base/json_text.hpp"
#include "base/percent.hpp"
#include "http/reply_json.hpp"
#include "http/target.hpp"
#include "resp/reply_reader.hpp"
#include "resp/reply_writer.hpp"

namespace nearcache::http {

namespace {

using std::chrono::milliseconds;

// Collects keys, each once.
class KeyList {
  public:
    bool add_all(std::string_view list) {
        for (;;) {
            const auto comma = list.find(',');
            if (!add(list.substr(0, comma))) return false;
            if (comma == list.npos) return true;
            list.remove_prefix(comma + 1);
        }
    }

    std::vector<std::string> take() { return std::move(keys_); }

  private:
    bool add(std::string_view encoded) {
        std::string key;
        if (!percent_decode(encoded, Plus::is_space, key)) return false;
        if (seen_.insert(key).second) keys_.push_back(std::move(key));
        return true;
    }

    std::vector<std::string> keys_;
    std::unordered_set<std::string> seen_;
};

// Of PROXY.GET, as the directives are of Cache-Control. It takes a hundred years at most, which is
// more than Cache-Control has words for, but for "however long".
std::string in_milliseconds(milliseconds time) {
    constexpr milliseconds most = std::chrono::hours(24) * 365 * 100;
    return std::to_string(std::min(time, most).count());
}

std::vector<std::string> options_of(const cache::Directives& directives) {
    std::vector<std::string> options;
    const auto add_limit = [&options](std::string name, const auto& limit) {
        if (!limit) return;
        options.push_back(std::move(name));
        options.push_back(in_milliseconds(*limit));
    };
    if (directives.no_cache) {
        options.push_back("NOCACHE");
    } else {
        add_limit("MAXAGE", directives.max_age);
        add_limit("MINFRESH", directives.min_fresh);
        add_limit("MAXSTALE", directives.max_stale);
        if (directives.only_if_cached) options.push_back("ONLYCACHED");
    }
    if (directives.no_store) options.push_back("NOSTORE");
    return options;
}

void append_name(std::string& out, std::string_view key) {
    if (is_utf8(key)) return append_json_text(out, key);
    out += '"';
    for (const char byte : key) append_percent_escape(out, byte);
    out += '"';
}

}  // namespace

std::optional<std::vector<std::string>> read_keys(std::string_view query) {
    constexpr std::string_view parameter = "keys=";
    KeyList keys;
    while (!query.empty()) {
        const auto end = std::min(query.find('&'), query.size());
        const auto pair = query.substr(0, end);
        const bool names_keys = pair.starts_with(parameter) && pair.size() > parameter.size();
        if (names_keys && !keys.add_all(pair.substr(parameter.size()))) return std::nullopt;
        query.remove_prefix(std::min(end + 1, query.size()));
    }
    return keys.take();
}

std::string commands_for(const std::vector<std::string>& keys,
                         const cache::Directives* directives) {
    std::string bytes;
    if (directives == nullptr) {
        resp::append_array(bytes, keys.size() + 1);
        resp::append_bulk(bytes, "MGET");
        for (const auto& key : keys) resp::append_bulk(bytes, key);
        return bytes;
    }
    const auto options = options_of(*directives);
    for (const auto& key : keys) {
        resp::append_array(bytes, options.size() + 2);
        resp::append_bulk(bytes, "PROXY.GET");
        resp::append_bulk(bytes, key);
        for (const auto& option : options) resp::append_bulk(bytes, option);
    }
    return bytes;
}

ValuesOrError values_in(std::string_view replies, const std::vector<std::string>& keys) {
    ValuesOrError answer;
    resp::ReplyReader reader(replies);
    // One array of all, or one reply each.
    reader.read_array();
    answer.json = "{";
    for (const auto& key : keys) {
        const auto reply = reader.read_any().value_or("-ERR not executed\r\n");
        const auto error = error_in(reply);
        const bool is_other_type = error && error->starts_with("WRONGTYPE");
        if (error && !is_other_type) {
            answer.error = *error;
            return answer;
        }
        if (answer.json.size() > 1) answer.json += ',';
        append_name(answer.json, key);
        answer.json += ':';
        const auto text = resp::ReplyReader(reply).read_text();
        text ? append_string(answer.json, *text) : void(answer.json += "null");
    }
    answer.json += "}\n";
    return answer;
}

}  // namespace nearcache::http
