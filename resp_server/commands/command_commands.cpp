#include "resp_server/commands/command_commands.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "resp/reply_writer.hpp"
#include "resp_server/commands/asking.hpp"

namespace nearcache::resp_server {

namespace {

using Words = std::span<const std::string_view>;

// COMMAND, COUNT, LIST and INFO as our table has them.
class TableReply {
  public:
    TableReply(Output& out, resp::Dialect dialect) : out_(out), dialect_(dialect) {}

    // False when our table does not know: nothing is written.
    bool append(std::string_view row, Words words) {
        if (row == "command" || (row == "command|info" && words.size() == 2)) {
            append_all();
        } else if (row == "command|info") {
            append_infos(words.subspan(2));
        } else if (row == "command|count") {
            resp::append_integer(out_, static_cast<std::int64_t>(all_commands().size()));
        } else if (row == "command|list" && words.size() == 2) {
            append_names();
        } else {
            return false;
        }
        return true;
    }

  private:
    void append_all() {
        resp::append_array(out_, all_commands().size());
        for (const auto& spec : all_commands()) append_command_info(out_.text(), spec, dialect_);
    }

    void append_infos(Words names) {
        resp::append_array(out_, names.size());
        for (const auto name : names) {
            const auto* const spec = find_full_name(name);
            spec != nullptr ? append_command_info(out_.text(), *spec, dialect_)
                            : resp::append_null(out_, dialect_);
        }
    }

    void append_names() {
        resp::append_array(out_, all_commands().size());
        for (const auto& spec : all_commands()) resp::append_bulk(out_, spec.name);
    }

    Output& out_;
    const resp::Dialect dialect_;
};

CommandAnswers::Moment this_moment(Client& client) {
    return {client.cache().backend_connections_made(), client.now()};
}

// Remembers the backend's answer for the next who asks.
class RememberedAnswer {
  public:
    RememberedAnswer(Client& client, const CommandSpec& spec, Words words, std::string question)
        : client_(client),
          row_(spec.name),
          words_(words.begin(), words.end()),
          question_(std::move(question)),
          asked_(this_moment(client)) {}

    // An error is not kept: whatever it is about may pass.
    void answer(Output& out, const net::Slice& reply) {
        const bool is_error = reply.bytes.starts_with('-');
        if (!is_error) client_.context().command_answers.keep(question_, asked_, reply.bytes);
        append_slice(out, reply);
    }

    void fail(Output& out, Errc why) {
        const auto& answers = client_.context().command_answers;
        if (const auto last = answers.find_last(question_, asked_.connections_made)) {
            return out.append(*last);
        }
        const std::vector<std::string_view> words(words_.begin(), words_.end());
        if (!TableReply(out, client_.dialect()).append(row_, words)) append_failure(out, why);
    }

  private:
    Client& client_;
    const std::string_view row_;
    const std::vector<std::string> words_;
    const std::string question_;
    const CommandAnswers::Moment asked_;
};

}  // namespace

Execution command_command(Client& client, const CommandSpec& spec, const resp::Command& command) {
    const Words words(command.words.data(), command.words.size());
    const bool is_redis = client.cache().backend_lends();
    if (!is_redis && TableReply(client.out(), client.dialect()).append(spec.name, words)) {
        note_source(client, command, "proxy");
        return Execution::done;
    }
    auto question = CommandAnswers::question(client.dialect(), words);
    const auto known = client.context().command_answers.find(question, this_moment(client));
    if (known == nullptr) {
        return ask(client, command, RememberedAnswer(client, spec, words, std::move(question)));
    }
    client.out().append(*known);
    note_source(client, command, "proxy");
    return Execution::done;
}

}  // namespace nearcache::resp_server
