#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/command_generator.hpp"
#include "tests/support/frame_reader.hpp"
#include "tests/support/reply_comparison.hpp"

namespace nearcache::tests {

// What two servers answered differently.
struct Difference {
    std::size_t connection = 0;
    std::string command;   // for reading; empty for what came unasked
    std::string expected;  // what the reference answered
    std::string actual;    // what the subject answered
};

// The same connections to two servers, in lock-step: a batch goes to both, and all its replies have
// come from both before the next is sent. So both have the same history, and each must answer as
// the other does, byte for byte but for what comparison_for() says.
//
// Threads: one at a time.
class SideBySide {
  public:
    struct Ports {
        std::uint16_t reference;
        std::uint16_t subject;
    };
    SideBySide(Ports ports, std::size_t connections);

    // Throws when the reference does not answer as a Redis would.
    std::optional<Difference> play(const Round& round);

    bool is_in_transaction(std::size_t connection) const;

    // New connections, and nothing in either server.
    void start_over();

  private:
    struct News {
        std::string frame;
        std::size_t batch;  // in which it was heard
    };
    struct Pair {
        explicit Pair(Ports ports);
        FrameReader reference;
        FrameReader subject;
        std::vector<Comparison> queued;  // of the commands in an open transaction
        // News of changes are on their way for a moment longer through a proxy, and keys expire
        // when each server comes to it: what one side has heard and the other has not yet.
        std::vector<News> news_to_reference;
        std::vector<News> news_to_subject;
        std::size_t batches = 0;  // compared so far
        bool is_in_transaction = false;
    };
    // The frames that came, and why there were no more when something went wrong.
    struct Transcript {
        std::vector<std::string> frames;
        std::string failure;
    };

    void send(const Batch& batch);
    std::optional<Difference> compare(const Batch& batch);
    static void take_news(Transcript& heard, std::vector<News>& news, std::size_t batch);
    static std::optional<Difference> compare_news(Pair& pair, const Batch& batch);
    std::optional<Difference> compare_endings(const Batch& batch);
    Transcript transcript(FrameReader& reader, const Batch& batch) const;
    bool is_same(Pair& pair, const PlannedCommand& command, const std::string& expected,
                 const std::string& actual) const;
    static void note_transaction(Pair& pair, const PlannedCommand& command,
                                 const std::string& reply);

    Ports ports_;
    std::vector<std::unique_ptr<Pair>> pairs_;
};

// All of them, as they were sent.
std::string wire_bytes(const Batch& batch);

}  // namespace nearcache::tests
