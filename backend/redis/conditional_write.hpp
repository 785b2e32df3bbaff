#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <boost/intrusive/list.hpp>

#include "backend/backend.hpp"
#include "net/block.hpp"
#include "net/io_threads.hpp"

namespace nearcache::backend::redis {

// One command that Redis carries out only if a key's value is as it should be, over a connection
// lent for it alone: WATCH, GET and MULTI in one go; then the command and EXEC, or DISCARD. EXEC
// does nothing if anybody has changed the key since WATCH.
// https://redis.io/docs/latest/develop/using-commands/transactions/
//
// The command is not sent before MULTI has been agreed to: without it, it would be carried out
// whatever the value is. Tells its completion once, with the connection given back, and is gone.
//
// Threads: its lane's.
class ConditionalWrite final : public boost::intrusive::list_base_hook<
                                   boost::intrusive::link_mode<boost::intrusive::auto_unlink>>,
                               private PrivateConnection::Listener {
  public:
    ConditionalWrite(Backend& lender, const Route& route, ConditionalCompletion& completion)
        : lender_(lender), route_(route), completion_(completion) {}
    ConditionalWrite(const ConditionalWrite&) = delete;
    ConditionalWrite& operator=(const ConditionalWrite&) = delete;

    // False when no connection is to be had: then nobody is told, and it is still the caller's.
    bool begin(Condition condition, const net::Slice& command);

  private:
    // Whose reply comes next; `ending` is that of DISCARD or UNWATCH.
    enum class Step { watch, get, multi, command, exec, ending };

    void on_value(const net::Slice& value) override;
    void on_lost(Errc why) override;

    void on_watch(std::string_view reply);
    void on_get(std::string_view reply);
    void on_multi(std::string_view reply);
    void on_queued(std::string_view reply);
    void on_exec(const net::Slice& reply);
    void on_ending(std::string_view reply);

    void send(std::string_view word);
    void refuse(std::string_view reply);
    // The connection goes back only if Redis has forgotten all there was of the transaction.
    void let_go(bool is_clean);
    // Each is the last thing it does.
    void tell_why_not();
    void tell_reply(const net::Slice& reply);
    void fail(Errc why);

    Backend& lender_;
    const Route route_;
    ConditionalCompletion& completion_;
    std::unique_ptr<PrivateConnection> connection_;

    Step step_ = Step::watch;
    ValueTest test_;
    std::optional<bool> holds_;  // what the test said of the value
    std::string refusal_;        // the first error line that came
    std::string_view command_;
    std::string copied_;  // what the command lies in:
    net::Block pinned_;   // the one or the other
};

// Those of one lane.
//
// Threads: its lane's.
class ConditionalWrites {
  public:
    // The lender outlives it, or has by then lost or destroyed all that it has lent.
    ConditionalWrites(Backend& lender, net::IoContext& lane) : lender_(lender), lane_(lane) {}
    ~ConditionalWrites();
    ConditionalWrites(const ConditionalWrites&) = delete;
    ConditionalWrites& operator=(const ConditionalWrites&) = delete;

    // As Backend's forward_if().
    void begin(const Route& route, Condition condition, const net::Slice& command,
               ConditionalCompletion& completion);

  private:
    // Each leaves it when it ends. What is still there when the lanes are gone is told nothing.
    boost::intrusive::list<ConditionalWrite, boost::intrusive::constant_time_size<false>> writes_;
    Backend& lender_;
    net::IoContext& lane_;
};

}  // namespace nearcache::backend::redis
