#include "resp_server/commands/foreign_commands.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>

#include "resp/reply_writer.hpp"
#include "resp_server/commands/data_commands.hpp"
#include "resp_server/commands/refusals.hpp"

namespace nearcache::resp_server {

namespace {

// The backend is not asked about longer ones; none that has a command ever comes near it.
constexpr std::size_t longest_name = 128;

// Holds the place of a command that waits until the backend has said what it is. It adds nothing to
// the replies: the command is executed after it, by then with an answer.
class PendingInquiry final : public PendingReply, public cache::Forwarding {
  public:
    PendingInquiry(Client& client, net::Limiter::Permit permit, std::string_view name)
        : PendingReply(std::move(permit)),
          client_(client),
          name_(name),
          connections_made_(client.cache().backend_connections_made()) {
        client_.inquiry.emplace();
    }

    void on_forwarded(const net::Slice& reply) override {
        auto commands = read_commands(reply.bytes);
        auto& inquiry = *client_.inquiry;
        // An error is no: a server that does not tell is taken to have no more than our table.
        if (commands && !commands->empty()) {
            auto& known = client_.context().commands;
            inquiry.command = known.learn(name_, connections_made_, std::move(commands->front()));
        }
        finish();
    }

    void on_not_forwarded(Errc why) override {
        client_.inquiry->failure = why;
        finish();
    }

  private:
    void finish() {
        client_.inquiry->is_answered = true;
        ready();
    }

    Client& client_;
    const std::string name_;
    const std::uint64_t connections_made_;
};

Execution inquire(Client& client, std::string_view name) {
    auto permit = permit_or_refuse(client);
    if (!permit) return Execution::done;
    auto pending = std::make_unique<PendingInquiry>(client, std::move(*permit), name);
    auto& forwarding = *pending;
    client.replies().add(std::move(pending));

    std::string question;
    resp::append_command(question, std::array<std::string_view, 3>{"COMMAND", "INFO", name});
    client.cache().forward({client.cache().home(client.lane()), {question}}, {}, forwarding);
    return Execution::later;
}

Execution execute_row(Client& client, const BackendCommand& row, const resp::Command& command) {
    const std::span<const std::string_view> words(command.words.data(), command.words.size());
    if (!row.takes(words.size())) {
        append_wrong_arity(client.out(), row.name);
    } else if (row.has(flags::admin) && !client.context().config.allows_admin_commands) {
        refuse_admin(client, row.name);
    } else {
        auto written = hashes_of(written_keys(row, words), client.database());
        return row.may_share_connection() ? forward(client, std::move(written), command)
                                          : forward_alone(client, std::move(written), command);
    }
    return Execution::done;
}

// Redis looks for the subcommand first, and then at the number of words.
Execution execute_listed(Client& client, const BackendCommand& listed,
                         const resp::Command& command) {
    if (listed.subcommands.empty() || command.words.size() == 1) {
        return execute_row(client, listed, command);
    }
    const auto* const subcommand = listed.find_subcommand(command.words[1]);
    if (subcommand != nullptr) return execute_row(client, *subcommand, command);
    refuse_subcommand(client, command);
    return Execution::done;
}

Execution execute_answered(Client& client, const CommandInquiry& inquiry,
                           const resp::Command& command) {
    if (inquiry.command != nullptr) return execute_listed(client, *inquiry.command, command);
    if (inquiry.failure) {
        append_failure(client.out(), *inquiry.failure);
    } else {
        refuse_unknown(client, command);
    }
    return Execution::done;
}

// What the backend knows of a command that is not, or not as a whole, in our table.
const BackendCommand* listed(Client& client, const resp::Command& command) {
    const auto* const found =
        client.context().commands.find(command.name(), client.cache().backend_connections_made());
    const bool has_subcommands = found != nullptr && !found->subcommands.empty();
    if (!has_subcommands || command.words.size() == 1) return found;
    return found->find_subcommand(command.words[1]);
}

}  // namespace

cache::Written written_by_foreign(Client& client, const cache::Database& database,
                                  const resp::Command& command) {
    const std::span<const std::string_view> words(command.words.data(), command.words.size());
    const auto* const row = listed(client, command);
    WrittenKeys keys;
    if (row != nullptr) keys = written_keys(*row, words);
    if (row == nullptr) keys.everything = true;
    return hashes_of(keys, database);
}

Execution execute_foreign(Client& client, const resp::Command& command) {
    if (client.inquiry) {
        if (!client.inquiry->is_answered) return Execution::later;
        return execute_answered(client, *std::exchange(client.inquiry, {}), command);
    }
    const auto name = command.name();
    if (is_http(name) || name.empty() || name.size() > longest_name) {
        refuse_unknown(client, command);
        return Execution::done;
    }
    const auto* const listed =
        client.context().commands.find(name, client.cache().backend_connections_made());
    return listed != nullptr ? execute_listed(client, *listed, command) : inquire(client, name);
}

Execution execute_foreign_subcommand(Client& client, const CommandSpec& container,
                                     const resp::Command& command) {
    const auto* const catalogue = client.context().commands.current();
    const auto* const listed = catalogue != nullptr ? catalogue->find(container.name) : nullptr;
    const auto* const subcommand =
        listed != nullptr ? listed->find_subcommand(command.words[1]) : nullptr;
    if (subcommand != nullptr) return execute_row(client, *subcommand, command);
    refuse_subcommand(client, command);
    return Execution::done;
}

Execution execute_differing(Client& client, const CommandSpec& ours,
                            const CommandCatalogue::Difference& difference,
                            const resp::Command& command) {
    return difference.blocks ? forward_alone(client, written_by(client, ours, command), command)
                             : forward(client, ours, command);
}

}  // namespace nearcache::resp_server
