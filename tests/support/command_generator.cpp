#include "tests/support/command_generator.hpp"

#include <array>
#include <utility>

#include "tests/support/command_forms.hpp"
#include "tests/support/command_wording.hpp"

namespace nearcache::tests {

namespace {

struct WeightedForms {
    std::span<const CommandForm> (*forms)();
    std::size_t weight;
};

constexpr std::array<WeightedForms, 13> data_forms{{
    {string_forms, 26},
    {key_forms, 18},
    {list_forms, 9},
    {hash_forms, 9},
    {set_forms, 8},
    {sorted_set_forms, 11},
    {stream_forms, 7},
    {group_forms, 6},
    {script_forms, 8},
    {bit_forms, 5},
    {geo_forms, 4},
    {server_forms, 4},
    {wrong_forms, 3},
}};

// How a connection may come to its end, and what is seen of it is the same each time.
const std::vector<std::string> last_words{
    "QUIT\r\n",
    "*1\r\n$4\r\nquit\r\n",
    "*abc\r\n",
    "*3000000000\r\n",
    "*1\r\n+PING\r\n",
    "*1\r\n\r\n",
    "*1\r\n$-5\r\n",
    "*1\r\n$abc\r\n",
    "*2\r\n$3\r\nGET\r\n$536870913\r\n",
    "*3\r\n$3\r\nSET\r\n$1\r\ns\r\n$x\r\n",
    "GET \"unbalanced\r\n",
    "GET 'unbalanced\r\n",
    "GET \"s1\"x\r\n",
    "POST / HTTP/1.1\r\n",
    "Host: localhost\r\n",
};

const std::vector<std::string> nothings{"\r\n", "\n", "*0\r\n", "*-1\r\n"};

constexpr std::array<CommandForm, 4> before_the_last{{
    {"GET {s}"},
    {"SET {s} {value}", as_is},
    {"PING", as_is},
    {"INCR {n}", as_is},
}};

constexpr std::array<CommandForm, 2> endings{{{"EXEC", as_is}, {"DISCARD", as_is}}};
constexpr CommandForm leaving{
    "UNSUBSCRIBE c1 c2 c3 pa1 ; PUNSUBSCRIBE pa* pb* ; SUNSUBSCRIBE sc1 sc2", as_is};

}  // namespace

std::size_t Batch::size_in_bytes() const {
    std::size_t size = 0;
    for (const auto& command : commands) size += command.bytes.size();
    return size;
}

CommandGenerator::CommandGenerator(std::uint64_t seed, std::size_t connections)
    : random_(seed), states_(connections) {}

void CommandGenerator::note_transaction(std::size_t connection, bool is_open) {
    states_[connection].is_in_transaction = is_open;
}

void CommandGenerator::note_new_connection(std::size_t connection) { states_[connection] = {}; }

Round CommandGenerator::next() {
    const auto connection = random_.below(states_.size());
    auto& state = states_[connection];
    if (state.is_plain() && random_.one_in(50)) return {last_batch(connection), {}};
    if (state.is_plain() && random_.one_in(40)) return meeting(connection);
    const bool subscribes =
        !state.is_in_transaction && random_.one_in(state.is_subscribed ? 2 : 25);
    return {subscribes ? subscriber_batch(connection) : ordinary_batch(connection), {}};
}

std::size_t CommandGenerator::batch_size() {
    if (random_.one_in(4)) return 1;
    return random_.between(1, random_.one_in(3) ? 40 : 8);
}

Batch CommandGenerator::ordinary_batch(std::size_t connection) {
    constexpr std::size_t byte_limit = 200 * 1024;
    auto& state = states_[connection];
    Batch batch;
    batch.connection = connection;
    // One of two connections begins in RESP3.
    if (std::exchange(state.is_new, false) && connection % 2 == 1) add(batch, {"HELLO", "3"});
    const auto size = batch_size();
    while (batch.commands.size() < size && batch.size_in_bytes() < byte_limit) {
        add_anything(batch);
        if (state.is_in_transaction && random_.one_in(10)) add_one_of(batch, endings);
    }
    return batch;
}

// May be told things that only a subscriber is told; ends, one time in two, as a subscriber.
Batch CommandGenerator::subscriber_batch(std::size_t connection) {
    auto& state = states_[connection];
    Batch batch;
    batch.connection = connection;
    state.is_subscribed = true;
    for (auto left = random_.between(1, 5); left > 0; --left) {
        add_one_of(batch, subscription_forms());
        if (random_.one_in(3)) add_data(batch);
    }
    if (random_.one_in(2)) {
        add_form(batch, leaving);
        state.is_subscribed = false;
    }
    batch.has_subscriptions = true;
    return batch;
}

Batch CommandGenerator::last_batch(std::size_t connection) {
    Batch batch;
    batch.connection = connection;
    const auto& bytes = random_.one_of(last_words);
    // Redis throws away what it has not sent yet when it hangs up on HTTP; the proxy sends it.
    const bool is_http = bytes.starts_with("POST") || bytes.starts_with("Host:");
    for (auto left = is_http ? 0 : random_.below(4); left > 0; --left) {
        add_one_of(batch, before_the_last);
    }
    batch.commands.push_back({{bytes}, bytes, false});
    batch.ends_connection = true;
    return batch;
}

Round CommandGenerator::meeting(std::size_t waiter) {
    const auto other = (waiter + 1 + random_.below(states_.size() - 1)) % states_.size();
    if (!states_[other].is_plain()) return {ordinary_batch(waiter), {}};
    auto commands = expander_.commands(random_.one_of(meeting_forms()).text);
    Round round;
    round.batch.connection = waiter;
    add(round.batch, {"SELECT", "0"});
    add(round.batch, commands.front());
    add(round.batch, {"DEL", "meet1", "meet2", "meet3"});
    auto& feeder = round.feeder.emplace();
    feeder.connection = other;
    add(feeder, {"SELECT", "0"});
    for (std::size_t i = 1; i < commands.size(); ++i) add(feeder, std::move(commands[i]));
    return round;
}

// Sometimes with something in front that means nothing.
void CommandGenerator::add_anything(Batch& batch) {
    const auto first = batch.commands.size();
    add_of_any_kind(batch);
    if (!random_.one_in(80)) return;
    batch.commands[first].bytes.insert(0, random_.one_of(nothings));
}

void CommandGenerator::add_of_any_kind(Batch& batch) {
    const auto drawn = random_.below(100);
    const bool is_outside = !states_[batch.connection].is_in_transaction;
    if (drawn < 3 && is_outside) return add_one_of(batch, outside_forms());
    if (drawn < 6) return add_one_of(batch, connection_forms());
    // A message that comes to its own publisher amid EXEC breaks Redis's reply in RESP3.
    if (drawn < 11 && states_[batch.connection].is_subscribed) return add_data(batch);
    if (drawn < 9) return add_transaction(batch);
    if (drawn < 11) return add_one_of(batch, transaction_forms());
    if (drawn < 13) return add_one_of(batch, blocking_forms());
    if (drawn < 15) return add_muted(batch);
    add_data(batch);
}

void CommandGenerator::add_data(Batch& batch) {
    static const std::size_t total = [] {
        std::size_t sum = 0;
        for (const auto& group : data_forms) sum += group.weight;
        return sum;
    }();
    auto drawn = random_.below(total);
    for (const auto& group : data_forms) {
        if (drawn < group.weight) return add_one_of(batch, group.forms());
        drawn -= group.weight;
    }
}

// Now and then it stays open when the batch ends, so that others come in between.
void CommandGenerator::add_transaction(Batch& batch) {
    if (random_.one_in(3)) add(batch, {"WATCH", vocabulary_.word("s"), vocabulary_.word("key")});
    if (random_.one_in(3)) add_data(batch);
    add(batch, {"MULTI"});
    for (auto left = random_.below(6); left > 0; --left) add_data(batch);
    if (random_.one_in(20)) add_one_of(batch, blocking_forms());
    states_[batch.connection].is_in_transaction = true;
    if (!random_.one_in(6)) add(batch, {random_.one_in(8) ? "DISCARD" : "EXEC"});
}

void CommandGenerator::add_muted(Batch& batch) {
    const auto& state = states_[batch.connection];
    if (state.is_in_transaction || state.is_subscribed) return add_data(batch);
    const auto& form = random_.one_of(muted_forms());
    const auto first = batch.commands.size();
    add_form(batch, form);
    const bool ends_with_a_reply = form.text.ends_with("ON");
    const auto end = batch.commands.size() - (ends_with_a_reply ? 1 : 0);
    for (auto i = first; i < end; ++i) batch.commands[i].is_muted = true;
}

void CommandGenerator::add_one_of(Batch& batch, std::span<const CommandForm> forms) {
    add_form(batch, random_.one_of(forms));
}

void CommandGenerator::add_form(Batch& batch, const CommandForm& form) {
    auto& state = states_[batch.connection];
    if (form.text.starts_with("CLIENT TRACKING ON")) state.is_tracking = true;
    const bool stops_tracking = form.text == "RESET" || form.text.ends_with("TRACKING OFF");
    if (stops_tracking && !state.is_in_transaction && !state.is_subscribed) {
        state.is_tracking = false;
    }
    for (auto& words : expander_.commands(form.text)) {
        if (form.may_be_spoiled && random_.one_in(25)) spoil(words, random_, vocabulary_);
        add(batch, std::move(words));
    }
}

void CommandGenerator::add(Batch& batch, Words words) {
    if (random_.one_in(10)) vary_case(words.front(), random_);
    auto bytes = wire_form(words, random_);
    batch.commands.push_back({std::move(words), std::move(bytes), false});
}

}  // namespace nearcache::tests
