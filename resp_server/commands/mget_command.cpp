#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "resp/reply_writer.hpp"
#include "resp_server/commands/data_commands.hpp"
#include "resp_server/commands/read_commands.hpp"
#include "resp_server/commands/reading.hpp"
#include "resp_server/commands/refusals.hpp"

namespace nearcache::resp_server {

namespace {

using cache::CacheService;
using cache::EntryRef;
using cache::Key;
using cache::LoadOutcome;
using cache::Lookup;

// The values of an MGET, in the order of its words; empty: nil.
using Values = std::vector<EntryRef>;

void append_values(Output& out, resp::Dialect dialect, const Values& values) {
    resp::append_array(out, values.size());
    for (const auto& value : values) {
        value ? append_value(out, *value) : resp::append_null(out, dialect);
    }
}

class PendingMget final : public PendingReply {
  public:
    PendingMget(Client& client, net::Limiter::Permit permit, std::size_t request_bytes)
        : PendingReply(std::move(permit), request_bytes),
          client_(client),
          dialect_(client.dialect()) {}

    // `places` are those of the values that are not known yet.
    void start(const resp::Command& command, Values values, const std::vector<std::size_t>& places);

  private:
    // One key that the cache did not know, which may be named more than once.
    class Part final : public Reading {
      public:
        explicit Part(PendingMget& whole) : Reading(whole.client_), whole_(whole) {}

        void on_loaded(const LoadOutcome& outcome) override {
            ended();
            value = outcome.entry;
            whole_.on_part(outcome);
        }

        EntryRef value;

      private:
        PendingMget& whole_;
    };

    struct Place {
        std::size_t index;
        const Part* part;
    };

    struct KeyHash {
        std::size_t operator()(const Key& key) const noexcept { return key.hash; }
    };
    struct SameKey {
        bool operator()(const Key& left, const Key& right) const noexcept {
            return left.hash == right.hash && left.text == right.text;
        }
    };

    void on_part(const LoadOutcome& outcome);
    void finish();

    Client& client_;
    const resp::Dialect dialect_;
    Values values_;
    std::deque<Part> parts_;     // each key once; they do not move
    std::vector<Place> places_;  // where their values go
    std::size_t waiting_ = 0;
    std::optional<Errc> failure_;
    std::string error_;
};

void PendingMget::start(const resp::Command& command, Values values,
                        const std::vector<std::size_t>& places) {
    values_ = std::move(values);
    places_.reserve(places.size());
    std::vector<CacheService::Wanted> wanted;
    wanted.reserve(places.size());
    boost::unordered_flat_map<Key, const Part*, KeyHash, SameKey> part_of;
    part_of.reserve(places.size());
    for (const auto index : places) {
        const Key key = client_.key(command.words[index + 1]);
        auto& part = part_of[key];
        if (part == nullptr) {
            part = &parts_.emplace_back(*this);
            wanted.push_back({key, parts_.back()});
        }
        places_.push_back({index, part});
    }

    waiting_ = parts_.size();
    client_.cache().load_many(client_.route(), client_.now(), wanted);
    for (std::size_t i = 0; i < wanted.size(); ++i) parts_[i].began(wanted[i].joined);
}

void PendingMget::on_part(const LoadOutcome& outcome) {
    if (outcome.kind == LoadOutcome::Kind::failure) failure_ = outcome.failure;
    // MGET gives nil for a key of another type; any other error line is about the whole command.
    const bool is_other_type = outcome.error.starts_with("WRONGTYPE");
    if (outcome.kind == LoadOutcome::Kind::error && !is_other_type) error_ = outcome.error;
    if (--waiting_ == 0) finish();
}

void PendingMget::finish() {
    if (failure_) {
        append_failure(reply(), *failure_);
    } else if (!error_.empty()) {
        append_error(reply(), error_);
    } else {
        for (const auto& [index, part] : places_) values_[index] = part->value;
        append_values(reply(), dialect_, values_);
    }
    ready();
}

// What is here, and the places of what is not.
struct Found {
    Values values;
    std::vector<std::size_t> missing;
};

// Empty when the client must not be answered from here.
std::optional<Found> find_values(Client& client, const resp::Command& command) {
    if (!client.reads_cache()) return std::nullopt;
    Found found{.values = Values(command.words.size() - 1), .missing = {}};
    std::vector<Key> stale;
    for (std::size_t i = 0; i < found.values.size(); ++i) {
        const Key key = client.key(command.words[i + 1]);
        if (client.wrote(key.hash)) return std::nullopt;
        const auto on_hit = [&](const cache::Entry& entry, Lookup) {
            found.values[i] = EntryRef::share(entry);
        };
        const auto how = client.cache().find(key, client.now(), on_hit);
        if (how == Lookup::miss) found.missing.push_back(i);
        if (how == Lookup::stale) stale.push_back(key);
    }
    for (const auto& key : stale) client.cache().refresh(key, client.now(), client.route());
    return found;
}

}  // namespace

Execution mget(Client& client, const resp::Command& command) {
    auto found = find_values(client, command);
    if (!found) return forward(client, cache::Written{}, command);
    if (found->missing.empty()) {
        append_values(client.out(), client.dialect(), found->values);
        note_source(client, command, "cache");
        return Execution::done;
    }
    auto permit = permit_or_refuse(client);
    note_source(client, command, permit ? "cache and backend" : "refused");
    if (!permit) return Execution::done;
    const auto request_bytes = command.raw.size();
    auto pending = std::make_unique<PendingMget>(client, std::move(*permit), request_bytes);
    auto& whole = *pending;
    client.replies().add(std::move(pending));
    whole.start(command, std::move(found->values), found->missing);
    return Execution::done;
}

}  // namespace nearcache::resp_server
