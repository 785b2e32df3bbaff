#include "resp_server/command_answers.hpp"

#include <boost/algorithm/string/predicate.hpp>

#include "resp/reply_writer.hpp"
#include "resp_server/command_table.hpp"

namespace nearcache::resp_server {

namespace {

// Of other subcommands the words behind them may be keys, or patterns.
bool names_commands_alone(std::string_view subcommand) {
    return boost::algorithm::iequals(subcommand, "INFO") ||
           boost::algorithm::iequals(subcommand, "DOCS");
}

}  // namespace

std::string CommandAnswers::question(resp::Dialect dialect,
                                     std::span<const std::string_view> words) {
    constexpr std::size_t subcommand = 1;
    std::string text(dialect == resp::Dialect::resp2 ? "2" : "3");
    const bool are_all_names = words.size() > subcommand && names_commands_alone(words[subcommand]);
    for (std::size_t i = subcommand; i < words.size(); ++i) {
        const bool is_name = i == subcommand || are_all_names;
        resp::append_bulk(text, is_name ? in_lower_case(words[i]) : words[i]);
    }
    return text;
}

CommandAnswers::Answer CommandAnswers::find(const std::string& question,
                                            const Moment& moment) const {
    const std::lock_guard lock(mutex_);
    const auto* const kept = find_kept(question, moment.connections_made);
    return kept != nullptr && moment.now - kept->asked.now < longest_life ? kept->answer : nullptr;
}

CommandAnswers::Answer CommandAnswers::find_last(const std::string& question,
                                                 std::uint64_t connections_made) const {
    const std::lock_guard lock(mutex_);
    const auto* const kept = find_kept(question, connections_made);
    return kept != nullptr ? kept->answer : nullptr;
}

// However old, but of the same connections: another server may say something else.
const CommandAnswers::Kept* CommandAnswers::find_kept(const std::string& question,
                                                      std::uint64_t connections_made) const {
    const auto found = answers_.find(question);
    const bool holds =
        found != answers_.end() && found->second.asked.connections_made == connections_made;
    return holds ? &found->second : nullptr;
}

void CommandAnswers::keep(const std::string& question, const Moment& moment,
                          std::string_view answer) {
    if (question.size() + answer.size() > most_bytes / 2) return;
    auto kept = std::make_shared<const std::string>(answer);
    const std::lock_guard lock(mutex_);
    const auto [place, is_new] = answers_.try_emplace(question);
    if (is_new) {
        order_.push_back(question);
        bytes_ += question.size();
    } else {
        bytes_ -= place->second.answer->size();
    }
    bytes_ += answer.size();
    place->second = {std::move(kept), moment};
    make_room();
}

void CommandAnswers::make_room() {
    while (answers_.size() > most_answers || bytes_ > most_bytes) {
        const auto first = answers_.find(order_.front());
        bytes_ -= first->first.size() + first->second.answer->size();
        answers_.erase(first);
        order_.pop_front();
    }
}

}  // namespace nearcache::resp_server
