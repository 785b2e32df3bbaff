#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "resp/reply_writer.hpp"
#include "resp/request_parser.hpp"
#include "tests/fuzz/fuzzing.hpp"

// Whatever a client sends, and however it is cut into pieces, comes to the same commands; and each
// of them, written anew, is read as the same words.

namespace nearcache::fuzz {
namespace {

using resp::Command;
using resp::RequestLimits;
using resp::RequestParser;
using Status = RequestParser::Status;
using Words = std::vector<std::string>;

// Small ones, so that a short input is over them.
constexpr RequestLimits tight{
    .max_bulk_bytes = 40, .max_words = 12, .max_inline_bytes = 32, .max_request_bytes = 160};

struct Outcome {
    std::vector<Words> commands;
    Words raws;
    std::string error;
    std::size_t left = 0;

    bool operator==(const Outcome&) const = default;
};

// A session's reading loop, in which everything is looked at twice.
//
// Threads: one at a time.
class Client {
  public:
    explicit Client(const RequestLimits& limits) : parser_(limits) {}

    void receive(std::string_view bytes) {
        pending_ += bytes;
        while (outcome_.error.empty() && parse()) {
        }
        outcome_.left = outcome_.error.empty() ? pending_.size() : 0;
    }

    const Outcome& outcome() const { return outcome_; }

  private:
    // False when no more can be read.
    bool parse() {
        const Copy copy(pending_);
        switch (parser_.parse(copy.bytes(), command_)) {
            case Status::complete:
                check_command(copy);
                outcome_.commands.emplace_back(command_.words.begin(), command_.words.end());
                outcome_.raws.emplace_back(command_.raw);
                break;
            case Status::nothing:
                check_no_command();
                break;
            case Status::need_more:
                check_no_command();
                return false;
            case Status::failed:
                check_failure(copy);
                return false;
        }
        require(parser_.consumed() > 0, "a command takes bytes");
        require(parser_.consumed() <= pending_.size(), "no more is consumed than came");
        pending_.erase(0, parser_.consumed());
        return true;
    }

    void check_command(const Copy& copy) {
        require(!command_.words.empty(), "a command has a name");
        const auto taken = copy.bytes().substr(0, parser_.consumed());
        const bool is_array = taken.starts_with('*');
        require(command_.raw.empty() || command_.raw == taken, "raw is what was consumed");
        require(is_array || command_.raw.empty(), "an inline command has no bytes to pass on");
        for (const auto word : command_.words) {
            require(!is_array || copy.contains(word), "a word lies in the bytes it came in");
        }
    }

    void check_no_command() {
        require(command_.words.empty() && command_.raw.empty(), "no command has no words");
    }

    void check_failure(const Copy& copy) {
        check_no_command();
        outcome_.error = parser_.error();
        require(outcome_.error.starts_with("Protocol error: "), "an error is Redis's own");
        require(parser_.parse(copy.bytes(), command_) == Status::failed, "an error is for good");
    }

    RequestParser parser_;
    Command command_;
    std::string pending_;
    Outcome outcome_;
};

Outcome read(std::string_view stream, const RequestLimits& limits, Pieces pieces) {
    Client client(limits);
    while (!stream.empty()) {
        const auto size = pieces.next(stream.size());
        client.receive(stream.substr(0, size));
        stream.remove_prefix(size);
    }
    return client.outcome();
}

void check_same_words(const std::string& bytes, const Words& words) {
    RequestParser parser;
    Command command;
    require(parser.parse(bytes, command) == Status::complete, "what was a command is one");
    require(parser.consumed() == bytes.size(), "it is nothing but a command");
    require(std::ranges::equal(command.words, words), "it has the same words");
    require(command.raw == bytes, "it can be passed on as it is");
}

}  // namespace
}  // namespace nearcache::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    using namespace nearcache::fuzz;
    const Run run = run_of(bytes, size);
    const auto limits = run.mode % 2 == 0 ? RequestLimits{} : tight;

    const auto outcome = read(run.stream, limits, {Pieces::Kind::whole, 0});
    require(read(run.stream, limits, {Pieces::Kind::single, 0}) == outcome,
            "byte by byte it is the same");
    require(read(run.stream, limits, {Pieces::Kind::random, run.seed}) == outcome,
            "in pieces it is the same");
    for (std::size_t i = 0; i < outcome.commands.size(); ++i) {
        std::string written;
        nearcache::resp::append_command(written, outcome.commands[i]);
        check_same_words(written, outcome.commands[i]);
        if (!outcome.raws[i].empty()) check_same_words(outcome.raws[i], outcome.commands[i]);
    }
    return 0;
}
