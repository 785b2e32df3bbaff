#include "tests/support/side_by_side.hpp"

#include <algorithm>
#include <deque>
#include <stdexcept>
#include <utility>

#include "tests/support/command_wording.hpp"
#include "tests/support/reply_frames.hpp"
#include "tests/support/test_client.hpp"

namespace nearcache::tests {

namespace {

// The last command of each batch. Its reply shows that all others have come, unless it is queued.
const std::string end_token = "the end of this batch";
const Words end_words{"PING", end_token};
const PlannedCommand end_command{end_words, command(end_words), false};

constexpr std::string_view queued_reply = "+QUEUED\r\n";
constexpr std::size_t printed_bytes = 400;

bool is_end(std::string_view frame) {
    return frame == bulk(end_token) || frame == array({bulk("pong"), bulk(end_token)});
}

std::string upper_name(const PlannedCommand& command) {
    auto name = command.words.front();
    for (char& letter : name) {
        if (letter >= 'a' && letter <= 'z') letter = static_cast<char>(letter - 'a' + 'A');
    }
    return name;
}

bool is_subscription(const PlannedCommand& command) {
    return upper_name(command).ends_with("SUBSCRIBE");
}

// Finds the command that a frame answers.
class Assignment {
  public:
    explicit Assignment(const Batch& batch) {
        for (const auto& command : batch.commands) {
            if (!command.is_muted) waiting_.push_back(&command);
        }
        waiting_.push_back(&end_command);
    }

    // Null for what nobody asked for.
    const PlannedCommand* of(std::string_view frame) {
        if (is_out_of_band(frame)) {
            note_confirmation(frame);
            return nullptr;
        }
        while (is_confirmed_ && waiting_.size() > 1) next();
        if (waiting_.empty()) return nullptr;
        const auto* answered = waiting_.front();
        next();
        return answered;
    }

  private:
    // A subscription may be confirmed several times; what is not confirmed was refused or queued.
    void note_confirmation(std::string_view frame) {
        if (!is_confirmation(frame)) return;
        if (is_confirmed_ && confirmations_left_ == 0) next();
        if (waiting_.empty() || !is_subscription(*waiting_.front())) return;
        if (!is_confirmed_) confirmations_left_ = waiting_.front()->words.size() - 1;
        if (confirmations_left_ > 0) --confirmations_left_;
        is_confirmed_ = true;
    }
    void next() {
        waiting_.pop_front();
        is_confirmed_ = false;
    }

    std::deque<const PlannedCommand*> waiting_;
    bool is_confirmed_ = false;
    std::size_t confirmations_left_ = 0;
};

// News of changes, as RESP3 brings them to a client that tracks.
bool is_news(const std::string& frame) { return frame.starts_with(">2\r\n$10\r\ninvalidate\r\n"); }

// Whether this key was still there when it was read, and so has news to come, is up to the moment.
bool is_of_fleeting_key(const std::string& frame) { return frame.ends_with("brief\r\n"); }

// After so many batches of its connection the other side will not be told any more.
constexpr std::size_t patient_batches = 25;

std::size_t replies_to(const Batch& batch) {
    const auto answered = std::ranges::count(batch.commands, false, &PlannedCommand::is_muted);
    return static_cast<std::size_t>(answered) + 1;
}

// A long reply is shown from a little before the first byte that is another.
Difference difference(const Batch& batch, const PlannedCommand* command, std::string_view expected,
                      std::string_view actual) {
    constexpr std::size_t bytes_before = 80;
    const auto [there, here] = std::ranges::mismatch(expected, actual);
    const auto alike = static_cast<std::size_t>(there - expected.begin());
    const auto start = std::max(expected.size(), actual.size()) > printed_bytes
                           ? alike - std::min(alike, bytes_before)
                           : 0;
    const auto shown = [start](std::string_view reply) {
        const auto from = start == 0 ? "" : "(from byte " + std::to_string(start) + ") ";
        return from + printable(reply.substr(start), printed_bytes);
    };
    return {batch.connection,
            command == nullptr ? std::string() : printable(command->words, printed_bytes),
            shown(expected), shown(actual)};
}

}  // namespace

std::string wire_bytes(const Batch& batch) {
    std::string bytes;
    for (const auto& command : batch.commands) bytes += command.bytes;
    return bytes;
}

SideBySide::Pair::Pair(Ports ports) : reference(ports.reference), subject(ports.subject) {}

SideBySide::SideBySide(Ports ports, std::size_t connections) : ports_(ports) {
    for (std::size_t i = 0; i < connections; ++i) pairs_.push_back(std::make_unique<Pair>(ports));
}

bool SideBySide::is_in_transaction(std::size_t connection) const {
    return pairs_[connection]->is_in_transaction;
}

void SideBySide::start_over() {
    const auto connections = pairs_.size();
    pairs_.clear();
    for (const auto port : {ports_.reference, ports_.subject}) {
        TestClient client(port);
        for (const auto& words :
             {Words{"FLUSHALL"}, Words{"SCRIPT", "FLUSH"}, Words{"FUNCTION", "FLUSH"}}) {
            client.ask(words);
        }
    }
    for (std::size_t i = 0; i < connections; ++i) pairs_.push_back(std::make_unique<Pair>(ports_));
}

std::optional<Difference> SideBySide::play(const Round& round) {
    send(round.batch);
    if (round.batch.ends_connection) return compare_endings(round.batch);
    if (!round.feeder) return compare(round.batch);
    send(*round.feeder);
    auto found = compare(*round.feeder);
    return found ? found : compare(round.batch);
}

void SideBySide::send(const Batch& batch) {
    auto bytes = wire_bytes(batch);
    if (!batch.ends_connection) bytes += end_command.bytes;
    auto& pair = *pairs_[batch.connection];
    // One write, or two.
    const auto cut = bytes.size() % 4 == 0 ? bytes.size() / 3 : bytes.size();
    for (auto* reader : {&pair.reference, &pair.subject}) {
        try {
            reader->socket().send(std::string_view(bytes).substr(0, cut));
            reader->socket().send(std::string_view(bytes).substr(cut));
        } catch (const ConnectionClosed&) {
            // What it has answered before that is still to be read, and shows why.
        }
    }
}

SideBySide::Transcript SideBySide::transcript(FrameReader& reader, const Batch& batch) const {
    Transcript read;
    const auto expected = replies_to(batch);
    std::size_t replies = 0;
    try {
        while (batch.has_subscriptions || replies < expected) {
            read.frames.push_back(reader.next());
            if (is_end(read.frames.back())) break;
            if (!is_out_of_band(read.frames.back())) ++replies;
        }
    } catch (const std::runtime_error& error) {
        read.failure = error.what();
    }
    return read;
}

std::optional<Difference> SideBySide::compare_news(Pair& pair, const Batch& batch) {
    auto& expected = pair.news_to_reference;
    auto& actual = pair.news_to_subject;
    std::erase_if(expected, [&actual](const News& news) {
        const auto same = std::ranges::find(actual, news.frame, &News::frame);
        if (same == actual.end()) return false;
        actual.erase(same);
        return true;
    });
    const auto is_late = [&pair](const std::vector<News>& news) {
        return !news.empty() && news.front().batch + patient_batches < pair.batches;
    };
    if (is_late(expected)) return difference(batch, nullptr, expected.front().frame, "never told");
    if (is_late(actual)) return difference(batch, nullptr, "never told", actual.front().frame);
    return std::nullopt;
}

void SideBySide::take_news(Transcript& heard, std::vector<News>& news, std::size_t batch) {
    for (const auto& frame : heard.frames) {
        if (is_news(frame) && !is_of_fleeting_key(frame)) news.push_back({frame, batch});
    }
    std::erase_if(heard.frames, is_news);
}

std::optional<Difference> SideBySide::compare(const Batch& batch) {
    auto& pair = *pairs_[batch.connection];
    auto reference = transcript(pair.reference, batch);
    if (!reference.failure.empty()) throw std::runtime_error("reference: " + reference.failure);
    const auto& last = reference.frames.back();
    if (!is_end(last) && last != queued_reply) {
        throw std::logic_error("replies miscounted; the last is " + printable(last, printed_bytes));
    }
    auto subject = transcript(pair.subject, batch);
    ++pair.batches;
    take_news(reference, pair.news_to_reference, pair.batches);
    take_news(subject, pair.news_to_subject, pair.batches);
    if (auto difference = compare_news(pair, batch)) return difference;

    Assignment assignment(batch);
    for (std::size_t i = 0; i < reference.frames.size(); ++i) {
        const auto& expected = reference.frames[i];
        const auto* command = assignment.of(expected);
        if (i >= subject.frames.size()) {
            const auto why = subject.failure.empty() ? "nothing more" : subject.failure;
            return difference(batch, command, expected, why);
        }
        const auto& actual = subject.frames[i];
        const bool same =
            command == nullptr ? expected == actual : is_same(pair, *command, expected, actual);
        if (!same && command == nullptr) return difference(batch, command, expected, actual);
        if (!same) {
            const auto comparison = comparison_for(command->words);
            return difference(batch, command, comparable(expected, comparison),
                              comparable(actual, comparison));
        }
        if (command != nullptr) note_transaction(pair, *command, expected);
    }
    if (reference.frames.size() == subject.frames.size()) return std::nullopt;
    return difference(batch, nullptr, "nothing more", subject.frames[reference.frames.size()]);
}

bool SideBySide::is_same(Pair& pair, const PlannedCommand& command, const std::string& expected,
                         const std::string& actual) const {
    if (upper_name(command) == "EXEC") return is_same_outcome(expected, actual, pair.queued);
    return is_same_reply(expected, actual, comparison_for(command.words));
}

void SideBySide::note_transaction(Pair& pair, const PlannedCommand& command,
                                  const std::string& reply) {
    pair.is_in_transaction = reply == queued_reply;
    if (reply == queued_reply) {
        pair.queued.push_back(comparison_for(command.words));
        return;
    }
    const auto name = upper_name(command);
    const bool ends_one = name == "EXEC" || name == "DISCARD" || name == "RESET";
    if (ends_one && !reply.starts_with("-ERR wrong number")) pair.queued.clear();
}

std::optional<Difference> SideBySide::compare_endings(const Batch& batch) {
    auto& pair = *pairs_[batch.connection];
    const auto expected = pair.reference.rest();
    std::string actual;
    try {
        actual = pair.subject.rest();
    } catch (const std::runtime_error& error) {
        actual = error.what();
    }
    pairs_[batch.connection] = std::make_unique<Pair>(ports_);
    if (expected == actual) return std::nullopt;
    return difference(batch, &batch.commands.back(), expected, actual);
}

}  // namespace nearcache::tests
