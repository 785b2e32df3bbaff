#include "resp_server/commands/read_commands.hpp"

#include <algorithm>
#include <charconv>
#include <memory>
#include <optional>
#include <utility>

#include "resp/reply_writer.hpp"
#include "resp_server/commands/data_commands.hpp"
#include "resp_server/commands/reading.hpp"
#include "resp_server/commands/refusals.hpp"

namespace nearcache::resp_server {

namespace {

using cache::Entry;
using cache::Key;
using cache::LoadOutcome;
using cache::Lookup;

constexpr std::string_view not_cached =
    "NOTCACHED nothing that the request lets pass is in the cache";

class PendingGet final : public PendingReply, public Reading {
  public:
    PendingGet(Client& client, net::Limiter::Permit permit, const Key& key)
        : PendingReply(std::move(permit), key.text.size()), Reading(client) {}

    void start(const Key& key, const cache::Directives& directives) {
        began(client().cache().load(key, client().now(), directives, *this));
    }

    void on_loaded(const LoadOutcome& outcome) override {
        ended();
        switch (outcome.kind) {
            case LoadOutcome::Kind::value:
                append_value(reply(), *outcome.entry);
                break;
            case LoadOutcome::Kind::absent:
                resp::append_null(reply(), route().dialect);
                break;
            case LoadOutcome::Kind::error:
                append_error(reply(), outcome.error);
                break;
            case LoadOutcome::Kind::failure:
                append_failure(reply(), outcome.failure);
                break;
        }
        ready();
    }
};

// Where the answer comes from; "refused" when no request more may be in flight.
std::string_view load(Client& client, const Key& key, const cache::Directives& directives) {
    auto permit = permit_or_refuse(client);
    if (!permit) return "refused";
    auto pending = std::make_unique<PendingGet>(client, std::move(*permit), key);
    auto& waiter = *pending;
    client.replies().add(std::move(pending));
    waiter.start(key, directives);
    return "backend";
}

// What this client has written and not heard of is not in the cache; and while the backend has to
// hear of what it reads, nothing of the cache is for it.
bool may_use_cache(const Client& client, const Key& key) {
    return client.reads_cache() && !client.wrote(key.hash);
}

Execution get_from_backend(Client& client, const resp::Command& command) {
    resp::Command question;  // it may have come as PROXY.GET
    question.words = {"GET", command.words[1]};
    return forward(client, cache::Written{}, question);
}

// Ends with a value's, or an absence's, own answer; `miss` means that it did not.
template <class OnHit>
Lookup find(Client& client, std::string_view name, OnHit&& on_hit) {
    const Key key = client.key(name);
    if (!may_use_cache(client, key)) return Lookup::miss;
    const auto found = client.cache().find(key, client.now(), on_hit);
    if (found == Lookup::stale) client.cache().refresh(key, client.now(), client.route());
    return found;
}

template <class OnHit>
Lookup peek(Client& client, std::string_view name, OnHit&& on_hit) {
    const Key key = client.key(name);
    if (!may_use_cache(client, key)) return Lookup::miss;
    return client.cache().peek(key, client.now(), on_hit);
}

constexpr auto no_interest = [](const Entry&, Lookup) {};

Execution answered(Client& client, const resp::Command& command, Lookup found) {
    note_source(client, command,
                found == Lookup::absent  ? "cache, absent"
                : found == Lookup::stale ? "cache, stale"
                                         : "cache");
    return Execution::done;
}

// An integer in the one form in which Redis takes it.
std::optional<std::int64_t> parse_integer(std::string_view word) {
    const auto digits = word.substr(word.starts_with('-') ? 1 : 0);
    if (digits.starts_with('0') && word != "0") return std::nullopt;
    std::int64_t number = 0;
    const auto end = word.data() + word.size();
    const auto [rest, error] = std::from_chars(word.data(), end, number);
    if (error != std::errc{} || rest != end) return std::nullopt;
    return number;
}

struct Range {
    std::int64_t first;
    std::int64_t last;
};

// As Redis counts: negative from the end, and cut to what there is.
std::string_view part_of(std::string_view value, Range range) {
    const auto size = static_cast<std::int64_t>(value.size());
    auto [first, last] = range;
    if (first < 0 && last < 0 && first > last) return {};
    if (first < 0) first = std::max<std::int64_t>(0, first + size);
    if (last < 0) last = std::max<std::int64_t>(0, last + size);
    last = std::min(last, size - 1);
    if (first > last) return {};
    return value.substr(static_cast<std::size_t>(first),
                        static_cast<std::size_t>(last - first + 1));
}

}  // namespace

Execution get(Client& client, const resp::Command& command) {
    const Key key = client.key(command.words[1]);
    if (!may_use_cache(client, key)) return get_from_backend(client, command);
    auto& out = client.out();
    const auto on_hit = [&](const Entry& entry, Lookup) { append_value(out, entry); };
    const auto found = client.cache().find(key, client.now(), on_hit);
    switch (found) {
        case Lookup::hit:
            break;
        case Lookup::stale:
            client.cache().refresh(key, client.now(), client.route());
            break;
        case Lookup::absent:
            resp::append_null(out.text(), client.dialect());
            break;
        case Lookup::miss:
            note_source(client, command, load(client, key, {}));
            return Execution::done;
    }
    return answered(client, command, found);
}

Execution get(Client& client, const resp::Command& command, const cache::Directives& directives) {
    const Key key = client.key(command.words[1]);
    const bool is_asked_here = may_use_cache(client, key);
    auto& out = client.out();
    const auto on_hit = [&](const Entry& entry, Lookup) { append_value(out, entry); };
    const auto found =
        is_asked_here ? client.cache().find(key, client.now(), directives, on_hit) : Lookup::miss;
    if (found == Lookup::absent) resp::append_null(out.text(), client.dialect());
    if (found != Lookup::miss) return answered(client, command, found);
    if (directives.only_if_cached) {
        append_error(out, not_cached);
        note_source(client, command, "refused");
        return Execution::done;
    }
    if (!is_asked_here) return get_from_backend(client, command);
    note_source(client, command, load(client, key, directives));
    return Execution::done;
}

Execution string_length(Client& client, const CommandSpec& spec, const resp::Command& command) {
    std::size_t length = 0;
    const auto measure = [&](const Entry& entry, Lookup) { length = entry.value().size(); };
    const auto found = find(client, command.words[1], measure);
    if (found == Lookup::miss) return forward(client, spec, command);
    resp::append_integer(client.out().text(), static_cast<std::int64_t>(length));
    return answered(client, command, found);
}

Execution string_range(Client& client, const CommandSpec& spec, const resp::Command& command) {
    const auto first = parse_integer(command.words[2]);
    const auto last = parse_integer(command.words[3]);
    // The backend has the words for what is wrong with them.
    if (!first || !last) return forward(client, spec, command);
    auto& out = client.out();
    const auto on_hit = [&](const Entry& entry, Lookup) {
        append_part(out, entry, part_of(entry.value(), {*first, *last}));
    };
    const auto found = find(client, command.words[1], on_hit);
    if (found == Lookup::miss) return forward(client, spec, command);
    if (found == Lookup::absent) resp::append_bulk(out.text(), "");
    return answered(client, command, found);
}

// A key that is named twice counts twice.
Execution exists(Client& client, const CommandSpec& spec, const resp::Command& command) {
    std::int64_t count = 0;
    for (std::size_t i = 1; i < command.words.size(); ++i) {
        const auto found = peek(client, command.words[i], no_interest);
        if (found == Lookup::miss) return forward(client, spec, command);
        if (found == Lookup::hit) ++count;
    }
    resp::append_integer(client.out().text(), count);
    return answered(client, command, Lookup::hit);
}

Execution expiry(Client& client, const CommandSpec& spec, const resp::Command& command) {
    constexpr std::int64_t never = -1;
    constexpr std::int64_t no_such_key = -2;
    bool is_persistent = false;
    const auto look = [&](const Entry& entry, Lookup) { is_persistent = entry.is_persistent(); };
    const auto found = peek(client, command.words[1], look);
    if (found != Lookup::absent && !is_persistent) return forward(client, spec, command);
    resp::append_integer(client.out().text(), is_persistent ? never : no_such_key);
    return answered(client, command, found);
}

Execution type(Client& client, const CommandSpec& spec, const resp::Command& command) {
    const auto found = peek(client, command.words[1], no_interest);
    if (found == Lookup::miss) return forward(client, spec, command);
    // No value of another type is ever kept.
    resp::append_simple(client.out().text(), found == Lookup::hit ? "string" : "none");
    return answered(client, command, found);
}

}  // namespace nearcache::resp_server
