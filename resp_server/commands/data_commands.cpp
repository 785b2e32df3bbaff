#include "resp_server/commands/data_commands.hpp"

#include <memory>
#include <optional>
#include <span>
#include <utility>

#include <boost/algorithm/string/predicate.hpp>

#include "resp/reply_writer.hpp"
#include "resp_server/commands/connection_commands.hpp"
#include "resp_server/commands/outgoing.hpp"
#include "resp_server/commands/own_commands.hpp"
#include "resp_server/commands/refusals.hpp"

namespace nearcache::resp_server {

namespace {

using cache::Key;

class PendingForward final : public PendingReply, public cache::Forwarding {
  public:
    PendingForward(Client& client, net::Limiter::Permit permit, std::size_t request_bytes)
        : PendingReply(std::move(permit), request_bytes), client_(client) {}

    void on_forwarded(const net::Slice& bytes) override {
        append_slice(reply(), bytes);
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

// False when no request more may be in flight.
bool send(Client& client, cache::Written written, const net::Slice& bytes) {
    auto permit = permit_or_refuse(client);
    if (!permit) return false;
    auto pending = std::make_unique<PendingForward>(client, std::move(*permit), bytes.bytes.size());
    auto& forwarding = *pending;
    client.replies().add(std::move(pending));
    client.write_sent(written);
    client.cache().forward({client.route(), bytes}, std::move(written), forwarding);
    return true;
}

// The database that a MOVE, or a COPY with DB, writes to.
std::optional<std::uint32_t> other_database(const CommandSpec& spec, const resp::Command& command) {
    const auto& words = command.words;
    if (spec.name == "move" && words.size() > 2) return parse_database(words[2]);
    if (spec.name != "copy") return std::nullopt;
    for (std::size_t i = 3; i + 1 < words.size(); ++i) {
        if (boost::algorithm::iequals(words[i], "DB")) return parse_database(words[i + 1]);
    }
    return std::nullopt;
}

}  // namespace

cache::Written hashes_of(const WrittenKeys& keys, const cache::Database& database) {
    cache::Written written;
    written.everything = keys.everything;
    for (const auto key : keys.keys) written.hashes.push_back(Key(key, database).hash);
    return written;
}

cache::Written written_by(Client& client, const cache::Database& database, const CommandSpec& spec,
                          const resp::Command& command) {
    const std::span<const std::string_view> words(command.words.data(), command.words.size());
    const auto* const difference = client.context().commands.difference(spec);
    const auto keys = difference == nullptr
                          ? written_keys(spec, words)
                          : CommandCatalogue::written_keys(spec, *difference, words);
    auto written = hashes_of(keys, database);
    if (const auto other = other_database(spec, command)) {
        const auto there = hashes_of(keys, client.cache().database_to_write(*other));
        written.hashes.insert(written.hashes.end(), there.hashes.begin(), there.hashes.end());
    }
    return written;
}

cache::Written written_by(Client& client, const CommandSpec& spec, const resp::Command& command) {
    return written_by(client, client.database(), spec, command);
}

Execution forward(Client& client, const CommandSpec& spec, const resp::Command& command) {
    return forward(client, written_by(client, spec, command), command);
}

Execution forward(Client& client, cache::Written written, const resp::Command& command) {
    if (client.own() != nullptr) return send_own(client, command, {.written = std::move(written)});
    if (!written.nothing() && client.waits_elsewhere()) return Execution::later;
    const Outgoing outgoing(client, command);
    const bool is_sent = send(client, std::move(written), outgoing.slice());
    note_source(client, command, is_sent ? "backend" : "refused");
    return Execution::done;
}

Execution forward_alone(Client& client, cache::Written written, const resp::Command& command) {
    const auto [own, execution] = own_connection(client, command.name());
    if (own == nullptr) return execution;
    own->is_marked = true;
    return send_own(client, command, {.written = std::move(written), .blocks = true});
}

}  // namespace nearcache::resp_server
