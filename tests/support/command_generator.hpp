#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "tests/support/command_form.hpp"
#include "tests/support/random_source.hpp"
#include "tests/support/vocabulary.hpp"

namespace nearcache::tests {

struct PlannedCommand {
    Words words;
    std::string bytes;      // as an array or inline
    bool is_muted = false;  // CLIENT REPLY keeps its reply back
};

// What is sent on one connection in one go.
struct Batch {
    std::size_t connection = 0;
    std::vector<PlannedCommand> commands;
    bool has_subscriptions = false;  // how many replies come, only the server knows
    bool ends_connection = false;    // and the other side closes after its replies

    std::size_t size_in_bytes() const;
};

struct Round {
    Batch batch;
    // Sent on another connection while the first may be waiting for what this one brings.
    std::optional<Batch> feeder;
};

// Random commands of all kinds for a few connections, the same for the same seed.
//
// Threads: one at a time.
class CommandGenerator {
  public:
    CommandGenerator(std::uint64_t seed, std::size_t connections);

    Vocabulary& vocabulary() { return vocabulary_; }

    Round next();

    // What only the servers' replies tell.
    void note_transaction(std::size_t connection, bool is_open);
    void note_new_connection(std::size_t connection);

  private:
    // What a connection may be in; it never is when this says that it is not.
    struct State {
        bool is_new = true;
        bool is_in_transaction = false;
        bool is_subscribed = false;
        bool is_tracking = false;
        bool is_plain() const { return !is_in_transaction && !is_subscribed && !is_tracking; }
    };

    Batch ordinary_batch(std::size_t connection);
    Batch subscriber_batch(std::size_t connection);
    Batch last_batch(std::size_t connection);
    Round meeting(std::size_t waiter);
    std::size_t batch_size();

    void add_anything(Batch& batch);
    void add_of_any_kind(Batch& batch);
    void add_data(Batch& batch);
    void add_transaction(Batch& batch);
    void add_muted(Batch& batch);
    void add_form(Batch& batch, const CommandForm& form);
    void add_one_of(Batch& batch, std::span<const CommandForm> forms);
    void add(Batch& batch, Words words);

    RandomSource random_;
    Vocabulary vocabulary_{random_};
    FormExpander expander_{random_, vocabulary_};
    std::vector<State> states_;
};

}  // namespace nearcache::tests
