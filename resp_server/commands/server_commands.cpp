#include "resp_server/commands/server_commands.hpp"

#include <array>
#include <chrono>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/algorithm/string/case_conv.hpp>

#include "base/glob.hpp"
#include "resp/reply_reader.hpp"
#include "resp/reply_writer.hpp"
#include "resp_server/commands/asking.hpp"
#include "resp_server/commands/data_commands.hpp"
#include "resp_server/info_text.hpp"

namespace nearcache::resp_server {

namespace {

// Ours behind the backend's, or alone when the backend has nothing to say: then it shows why.
class MergedInfo {
  public:
    MergedInfo(Client& client, const InfoWish& wish) : client_(client), wish_(wish) {}

    void answer(Output& out, const net::Slice& reply) {
        const auto theirs = resp::ReplyReader(reply.bytes).read_text();
        if (!theirs) return append_slice(out, reply);  // an error is all that is said
        std::string text(*theirs);
        if (!text.empty()) text += "\r\n";
        say(out, text + our_info(client_.context(), wish_));
    }

    void fail(Output& out, Errc) { say(out, our_info(client_.context(), wish_)); }

  private:
    void say(Output& out, std::string_view text) {
        resp::append_verbatim(out, client_.dialect(), "txt", text);
    }

    Client& client_;
    const InfoWish wish_;
};

using Setting = std::pair<std::string_view, std::string>;

std::array<Setting, 8> settings_of(Client& client) {
    const auto& config = client.context().config;
    const auto idle = std::chrono::duration_cast<std::chrono::seconds>(config.idle_timeout);
    return {{
        {"appendonly", "no"},
        {"databases", "1"},
        {"maxclients", std::to_string(client.context().connections.slots())},
        {"maxmemory", std::to_string(client.cache().config().store.max_memory_bytes)},
        {"maxmemory-policy", "allkeys-lru"},
        {"proto-max-bulk-len", std::to_string(config.request.max_bulk_bytes)},
        {"save", ""},
        {"timeout", std::to_string(idle.count())},
    }};
}

bool is_asked_for(std::string_view setting, std::span<const std::string_view> patterns) {
    for (const auto pattern : patterns) {
        const auto lower = boost::algorithm::to_lower_copy(std::string(pattern));
        if (matches_glob(lower, setting)) return true;
    }
    return false;
}

void append_settings(Client& client, std::span<const std::string_view> patterns) {
    const auto settings = settings_of(client);
    std::vector<const Setting*> found;
    for (const auto& setting : settings) {
        if (is_asked_for(setting.first, patterns)) found.push_back(&setting);
    }
    resp::append_map(client.out(), client.dialect(), found.size());
    for (const auto* const setting : found) {
        resp::append_bulk(client.out(), setting->first);
        resp::append_bulk(client.out(), setting->second);
    }
}

}  // namespace

Execution info(Client& client, const CommandSpec& spec, const resp::Command& command) {
    const std::span<const std::string_view> words(command.words.data(), command.words.size());
    const auto wish = InfoWish::of(words.subspan(1));
    if (!client.cache().backend_lends() || !wish.backend) {
        const auto text = client.cache().backend_lends() ? our_info(client.context(), wish)
                                                         : whole_info(client.context(), wish);
        resp::append_verbatim(client.out(), client.dialect(), "txt", text);
        note_source(client, command, "proxy");
        return Execution::done;
    }
    if (!wish.wants_ours()) return forward(client, spec, command);
    return ask(client, command, MergedInfo(client, wish));
}

Execution config_get(Client& client, const CommandSpec& spec, const resp::Command& command) {
    if (client.cache().backend_lends()) return forward(client, spec, command);
    const std::span<const std::string_view> words(command.words.data(), command.words.size());
    append_settings(client, words.subspan(2));
    note_source(client, command, "proxy");
    return Execution::done;
}

}  // namespace nearcache::resp_server
