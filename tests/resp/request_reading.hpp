#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "resp/reply_writer.hpp"
#include "resp/request_parser.hpp"

namespace nearcache::resp::testing {

using Strings = std::vector<std::string>;

// All that a client's bytes came to.
struct Outcome {
    std::vector<Strings> commands;
    Strings raws;
    std::string error;
    std::size_t left = 0;  // bytes that no command has claimed

    bool operator==(const Outcome&) const = default;
};

inline doctest::String toString(const Outcome& outcome) {
    std::string text = "error '" + outcome.error + "', left " + std::to_string(outcome.left);
    for (const Strings& words : outcome.commands) {
        text += "\n [";
        for (const std::string& word : words) text += " '" + word + "'";
        text += " ]";
    }
    return text.c_str();
}

// A session's reading loop. Every call sees the bytes at a new address, in an allocation of exactly
// their size, so that a stale view or a look too far does not go unnoticed.
//
// Threads: one at a time.
class Client {
  public:
    explicit Client(const RequestLimits& limits) : parser_(limits) {}

    void receive(std::string_view bytes) {
        pending_ += bytes;
        while (outcome_.error.empty()) {
            const auto moved = std::make_unique<char[]>(pending_.size());
            std::ranges::copy(pending_, moved.get());
            const RequestParser::Status status =
                parser_.parse({moved.get(), pending_.size()}, command_);
            if (status == RequestParser::Status::need_more) break;
            if (status == RequestParser::Status::complete) take_command();
            if (status == RequestParser::Status::failed) outcome_.error = parser_.error();
            if (status != RequestParser::Status::failed) pending_.erase(0, parser_.consumed());
        }
        outcome_.left = outcome_.error.empty() ? pending_.size() : 0;
    }

    const Outcome& outcome() const { return outcome_; }

  private:
    void take_command() {
        outcome_.commands.emplace_back(command_.words.begin(), command_.words.end());
        outcome_.raws.emplace_back(command_.raw);
    }

    RequestParser parser_;
    Command command_;
    std::string pending_;
    Outcome outcome_;
};

inline Outcome read_at_once(std::string_view input, const RequestLimits& limits = {}) {
    Client client(limits);
    client.receive(input);
    return client.outcome();
}

inline Outcome read_in_pieces(std::string_view input, std::size_t piece,
                              const RequestLimits& limits) {
    Client client(limits);
    for (; !input.empty(); input.remove_prefix(std::min(piece, input.size()))) {
        client.receive(input.substr(0, piece));
    }
    return client.outcome();
}

// What the input comes to, having checked that no way of cutting it makes a difference.
inline Outcome read(std::string_view input, const RequestLimits& limits = {}) {
    const Outcome whole = read_at_once(input, limits);
    for (std::size_t cut = 1; cut < input.size(); ++cut) {
        CAPTURE(cut);
        Client client(limits);
        client.receive(input.substr(0, cut));
        client.receive(input.substr(cut));
        CHECK(client.outcome() == whole);
    }
    CHECK(read_in_pieces(input, 1, limits) == whole);
    return whole;
}

inline std::string array_of(const Strings& words) {
    std::string bytes;
    append_command(bytes, words);
    return bytes;
}

}  // namespace nearcache::resp::testing
