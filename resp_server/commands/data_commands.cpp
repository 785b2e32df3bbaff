#include "resp_server/commands/data_commands.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "resp/reply_writer.hpp"

namespace nearcache::resp_server {

namespace {

using cache::CacheService;
using cache::Key;
using cache::LoadOutcome;

constexpr std::string_view not_cached =
    "NOTCACHED nothing that the request lets pass is in the cache";

std::optional<net::Limiter::Permit> permit_or_refuse(Client& client) {
    auto permit = client.context().in_flight.try_acquire();
    if (!permit) append_failure(client.out(), Errc::overloaded);
    return permit;
}

class PendingGet final : public PendingReply, public cache::LoadWaiter {
  public:
    PendingGet(Client& client, net::Limiter::Permit permit, const Key& key)
        : PendingReply(std::move(permit), key.text.size()),
          LoadWaiter(client.lane()),
          client_(client) {}

    void start(const Key& key, const cache::Directives& directives) {
        const auto joined = client_.cache().load(key, client_.now(), directives, *this);
        is_elsewhere_ = joined == CacheService::Joined::another_lane;
        if (is_elsewhere_) client_.read_sent_elsewhere();
    }

    void on_loaded(const LoadOutcome& outcome) override {
        if (is_elsewhere_) client_.read_elsewhere_answered();
        switch (outcome.kind) {
            case LoadOutcome::Kind::value:
                append_value(reply(), *outcome.entry);
                break;
            case LoadOutcome::Kind::absent:
                resp::append_null_bulk(reply());
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

  private:
    Client& client_;
    bool is_elsewhere_ = false;
};

// One key of an MGET that the cache did not know.
class PendingMget final : public PendingReply {
  public:
    PendingMget(Client& client, net::Limiter::Permit permit, const resp::Command& command)
        : PendingReply(std::move(permit), command.raw.size()),
          client_(client),
          values_(command.words.size() - 1) {
        parts_.reserve(values_.size());
    }

    void set(std::size_t index, cache::EntryRef value) { values_[index] = std::move(value); }

    // Only keys that find() missed. None of them is answered before all are asked.
    void start(const std::vector<std::pair<std::size_t, Key>>& missing) {
        for (const auto& [index, key] : missing) {
            parts_.push_back(std::make_unique<Part>(*this, client_.lane(), index));
            const auto joined = client_.cache().load(key, client_.now(), *parts_.back());
            parts_.back()->is_elsewhere = joined == CacheService::Joined::another_lane;
            if (parts_.back()->is_elsewhere) client_.read_sent_elsewhere();
        }
        waiting_ = parts_.size();
    }

  private:
    struct Part final : cache::LoadWaiter {
        Part(PendingMget& whole, net::LaneId lane, std::size_t place)
            : LoadWaiter(lane), owner(whole), index(place) {}
        void on_loaded(const LoadOutcome& outcome) override { owner.on_part(*this, outcome); }

        PendingMget& owner;
        const std::size_t index;
        bool is_elsewhere = false;
    };

    void on_part(const Part& part, const LoadOutcome& outcome) {
        if (part.is_elsewhere) client_.read_elsewhere_answered();
        values_[part.index] = outcome.entry;
        if (outcome.kind == LoadOutcome::Kind::failure) failure_ = outcome.failure;
        // MGET gives nil for a key of another type; any other error line is about the whole
        // command.
        const bool is_other_type = outcome.error.starts_with("WRONGTYPE");
        if (outcome.kind == LoadOutcome::Kind::error && !is_other_type) error_ = outcome.error;
        if (--waiting_ == 0) finish();
    }

    void finish() {
        if (failure_) {
            append_failure(reply(), *failure_);
        } else if (!error_.empty()) {
            append_error(reply(), error_);
        } else {
            resp::append_array(reply(), values_.size());
            for (const auto& value : values_) {
                value ? append_value(reply(), *value) : resp::append_null_bulk(reply());
            }
        }
        ready();
    }

    Client& client_;
    std::vector<cache::EntryRef> values_;  // empty: nil
    std::vector<std::unique_ptr<Part>> parts_;
    std::size_t waiting_ = 0;
    std::optional<Errc> failure_;
    std::string error_;
};

class PendingForward final : public PendingReply, public cache::Forwarding {
  public:
    PendingForward(Client& client, net::Limiter::Permit permit, std::size_t request_bytes)
        : PendingReply(std::move(permit), request_bytes), client_(client) {}

    void on_forwarded(std::string_view bytes) override {
        reply().append(bytes);
        finish();
    }

    void on_not_forwarded(Errc why) override {
        append_failure(reply(), why);
        finish();
    }

  private:
    void finish() {
        client_.write_answered(written());
        ready();
    }

    Client& client_;
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

// False when no request more may be in flight.
bool send(Client& client, cache::Written written, std::string_view bytes) {
    auto permit = permit_or_refuse(client);
    if (!permit) return false;
    auto pending = std::make_unique<PendingForward>(client, std::move(*permit), bytes.size());
    auto& forwarding = *pending;
    client.replies().add(std::move(pending));
    client.write_sent(written);
    client.cache().forward({client.lane(), bytes}, std::move(written), forwarding);
    return true;
}

// What this client has written and not heard of is not in the cache.
void get_behind_write(Client& client, const resp::Command& command, const Key& key) {
    std::string bytes;
    resp::append_command(bytes, std::array<std::string_view, 2>{"GET", key.text});
    const bool is_sent = send(client, {}, bytes);
    note_source(client, command, is_sent ? "backend" : "refused");
}

cache::Written hashes_of(const WrittenKeys& keys) {
    cache::Written written;
    written.everything = keys.everything;
    for (const auto key : keys.keys) written.hashes.push_back(Key(key).hash);
    return written;
}

}  // namespace

void get(Client& client, const resp::Command& command) {
    const Key key(command.words[1]);
    if (client.wrote(key.hash)) return get_behind_write(client, command, key);
    auto& out = client.out();
    const auto on_hit = [&](const cache::Entry& entry, cache::Lookup) { append_value(out, entry); };
    switch (client.cache().find(key, client.now(), on_hit)) {
        case cache::Lookup::hit:
            return note_source(client, command, "cache");
        case cache::Lookup::stale:
            client.cache().refresh(key, client.now(), client.lane());
            return note_source(client, command, "cache, stale");
        case cache::Lookup::absent:
            resp::append_null_bulk(out.text());
            return note_source(client, command, "cache, absent");
        case cache::Lookup::miss:
            return note_source(client, command, load(client, key, {}));
    }
}

void get(Client& client, const resp::Command& command, const cache::Directives& directives) {
    const Key key(command.words[1]);
    auto& out = client.out();
    const auto on_hit = [&](const cache::Entry& entry, cache::Lookup) { append_value(out, entry); };
    const auto found = client.wrote(key.hash)
                           ? cache::Lookup::miss
                           : client.cache().find(key, client.now(), directives, on_hit);
    switch (found) {
        case cache::Lookup::hit:
            return note_source(client, command, "cache");
        case cache::Lookup::stale:
            return note_source(client, command, "cache, stale");
        case cache::Lookup::absent:
            resp::append_null_bulk(out.text());
            return note_source(client, command, "cache, absent");
        case cache::Lookup::miss:
            break;
    }
    if (directives.only_if_cached) {
        append_error(out, not_cached);
        return note_source(client, command, "refused");
    }
    if (client.wrote(key.hash)) return get_behind_write(client, command, key);
    note_source(client, command, load(client, key, directives));
}

void mget(Client& client, const resp::Command& command) {
    const auto count = command.words.size() - 1;
    std::vector<cache::EntryRef> values(count);
    std::vector<std::pair<std::size_t, Key>> missing;
    std::vector<Key> stale;
    for (std::size_t i = 0; i < count; ++i) {
        const Key key(command.words[i + 1]);
        if (client.wrote(key.hash)) {
            forward(client, *find_command("mget"), command);
            return;
        }
        const auto on_hit = [&](const cache::Entry& entry, cache::Lookup) {
            values[i] = cache::EntryRef::share(entry);
        };
        const auto found = client.cache().find(key, client.now(), on_hit);
        if (found == cache::Lookup::miss) missing.emplace_back(i, key);
        if (found == cache::Lookup::stale) stale.push_back(key);
    }
    for (const auto& key : stale) client.cache().refresh(key, client.now(), client.lane());

    if (missing.empty()) {
        resp::append_array(client.out(), count);
        for (const auto& value : values) {
            value ? append_value(client.out(), *value) : resp::append_null_bulk(client.out());
        }
        return note_source(client, command, "cache");
    }
    auto permit = permit_or_refuse(client);
    note_source(client, command, permit ? "cache and backend" : "refused");
    if (!permit) return;
    auto pending = std::make_unique<PendingMget>(client, std::move(*permit), command);
    auto& whole = *pending;
    for (std::size_t i = 0; i < count; ++i) whole.set(i, std::move(values[i]));
    client.replies().add(std::move(pending));
    whole.start(missing);
}

Execution forward(Client& client, const CommandSpec& spec, const resp::Command& command) {
    return forward(client, written_keys(spec, command.words), command);
}

Execution forward(Client& client, const WrittenKeys& keys, const resp::Command& command) {
    auto written = hashes_of(keys);
    if (!written.nothing() && client.waits_elsewhere()) return Execution::later;

    std::string rewritten;  // an inline command goes on as an array
    if (command.raw.empty()) resp::append_command(rewritten, command.words);
    const auto bytes = command.raw.empty() ? std::string_view(rewritten) : command.raw;
    const bool is_sent = send(client, std::move(written), bytes);
    note_source(client, command, is_sent ? "backend" : "refused");
    return Execution::done;
}

}  // namespace nearcache::resp_server
