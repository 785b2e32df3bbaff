#include "resp_server/subscriptions.hpp"

#include "resp/reply_reader.hpp"

namespace nearcache::resp_server {

namespace {

// The first element of an array or a push: what kind of news it is. The reader stands behind it.
std::optional<std::string_view> read_verb(resp::ReplyReader& reader) {
    const auto count = reader.read_array();
    if (!count || *count == 0) return std::nullopt;
    return reader.read_text();
}

}  // namespace

std::optional<Subscriptions::Confirmation> Subscriptions::read(std::string_view value) {
    resp::ReplyReader reader(value);
    const auto verb = read_verb(reader);
    if (!verb || !verb->ends_with("subscribe")) return std::nullopt;
    return Confirmation{*verb, reader.read_text()};
}

bool Subscriptions::is_message(std::string_view value) noexcept {
    resp::ReplyReader reader(value);
    const auto verb = read_verb(reader);
    return verb && (*verb == "message" || *verb == "pmessage" || *verb == "smessage");
}

void Subscriptions::apply(const Confirmation& confirmation) {
    if (!confirmation.channel) return;
    const auto verb = confirmation.verb;
    const bool is_pattern = verb.starts_with('p');
    const bool is_shard = verb == "ssubscribe" || verb == "sunsubscribe";
    auto& names = is_pattern ? patterns_ : is_shard ? shard_channels_ : channels_;
    if (verb.find("unsubscribe") == std::string_view::npos) {
        names.emplace(*confirmation.channel);
    } else {
        names.erase(std::string(*confirmation.channel));
    }
}

}  // namespace nearcache::resp_server
