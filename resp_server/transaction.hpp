#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cache/cache_service.hpp"
#include "resp/request_parser.hpp"

namespace nearcache::resp_server {

// All that either may change.
void merge(cache::Written& written, const cache::Written& more);

// A command of a transaction whose result is of interest here: its reply is not only passed on.
struct NotedCommand {
    std::size_t place;               // in EXEC's reply
    std::vector<std::string> words;  // as they came
};

// What a client has queued between MULTI and EXEC, as far as it matters here: what EXEC may change,
// and which commands are not the backend's to answer.
//
// Threads: one at a time.
class Transaction {
  public:
    bool is_open() const noexcept { return state_ == State::open; }
    // EXEC or DISCARD was sent, and its reply is not here: what was queued must stay known until
    // then, and replies that are still to come must not be taken for those of another transaction.
    bool is_ending() const noexcept { return state_ == State::ending; }

    void begin(std::uint32_t database);
    void start_ending() noexcept { state_ = State::ending; }
    // It is executed or discarded; or it never began.
    void end() noexcept { state_ = State::none; }

    // Adds the keys of a command that is queued, in each database that it may take effect in.
    void add_written(const cache::Written& written) { merge(written_, written); }
    const cache::Written& written() const noexcept { return written_; }
    // A SELECT that may or may not succeed: what follows may take effect in either database.
    void may_select(std::uint32_t database);
    const std::vector<std::uint32_t>& databases() const noexcept { return databases_; }

    // What comes behind EXEC depends on what EXEC does to the client itself.
    void changes_client() noexcept { changes_client_ = true; }
    bool may_change_client() const noexcept { return changes_client_; }

    // One more command was queued; `words` are given if its reply has to be looked at.
    void queued(std::vector<std::string> words = {});
    // How many were queued.
    std::size_t count() const noexcept { return count_; }
    const std::vector<NotedCommand>& noted() const noexcept { return noted_; }

  private:
    enum class State : std::uint8_t { none, open, ending };

    State state_ = State::none;
    cache::Written written_;
    std::vector<std::uint32_t> databases_;
    bool changes_client_ = false;
    std::size_t count_ = 0;
    std::vector<NotedCommand> noted_;
};

}  // namespace nearcache::resp_server
