#include "backend/embedded/string_commands.hpp"

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "backend/embedded/value_options.hpp"
#include "resp/reply_writer.hpp"

namespace nearcache::backend::embedded {
namespace {

using Condition = ValueOptions::Condition;
using Life = ValueOptions::Life;

// What Redis calls proto-max-bulk-len: no value is longer.
constexpr std::uint64_t longest_value = 512u * 1024 * 1024;

bool fits(std::uint64_t size, std::uint64_t more) {
    return size <= longest_value && more <= longest_value - size;
}

struct Write {
    std::string_view key;
    std::string_view bytes;
    ValueOptions options;
};

struct Outcome {
    enum class Kind { stored, refused, failed };  // failed: the call has its error already

    Kind kind;
    std::optional<Value> old;
};

// What SET and its older relatives do; they differ in what they reply.
Outcome write(Call& call, const Write& asked) {
    Value value{std::string(asked.bytes)};
    auto keys = call.keyspace.begin();
    const auto deadline = deadline_of(call, asked.options, keys.now());
    if (!deadline) return {Outcome::Kind::failed, std::nullopt};

    const Entry* before = keys.find(asked.key);
    auto old = before != nullptr ? std::optional(before->value) : std::nullopt;
    const auto refused_if = before != nullptr ? Condition::if_absent : Condition::if_present;
    if (asked.options.condition == refused_if) return {Outcome::Kind::refused, std::move(old)};

    Entry& entry = keys.put(asked.key, std::move(value));
    if (asked.options.life != Life::keep) keys.expire_at(entry, *deadline);
    return {Outcome::Kind::stored, std::move(old)};
}

void set_for(Call& call, Life unit) {
    ValueOptions options;
    options.life = unit;
    options.amount = call.words[2];
    const auto outcome = write(call, {call.words[1], call.words[3], options});
    if (outcome.kind == Outcome::Kind::stored) call.reply_ok();
}

// The pairs of MSET and MSETNX, copied before the keyspace is locked. Empty when a word is missing:
// the call has failed then.
std::vector<Value> values_of_pairs(Call& call) {
    std::vector<Value> values;
    if (call.words.size() % 2 == 0) {
        call.fail_arity();
        return values;
    }
    values.reserve(call.words.size() / 2);
    for (std::size_t i = 2; i < call.words.size(); i += 2) {
        values.emplace_back(std::string(call.words[i]));
    }
    return values;
}

void put_pairs(Call& call, Keyspace::Transaction& keys, std::vector<Value> values) {
    for (std::size_t i = 0; i < values.size(); ++i) {
        Entry& entry = keys.put(call.words[2 * i + 1], std::move(values[i]));
        keys.expire_at(entry, never);
    }
}

std::optional<Value> value_at(Call& call, std::string_view key) {
    auto found = call.keyspace.read(key);
    return found ? std::optional(std::move(found->value)) : std::nullopt;
}

// The bytes from first to last, both counted from the end when negative.
std::string_view part_of(std::string_view bytes, std::int64_t first, std::int64_t last) {
    const auto size = static_cast<std::int64_t>(bytes.size());
    if (first < 0 && last < 0 && first > last) return {};
    first = std::max<std::int64_t>(first < 0 ? first + size : first, 0);
    last = std::max<std::int64_t>(last < 0 ? last + size : last, 0);
    last = std::min(last, size - 1);
    if (first > last) return {};
    return bytes.substr(static_cast<std::size_t>(first),
                        static_cast<std::size_t>(last - first + 1));
}

}  // namespace

void get(Call& call) { call.reply_value(value_at(call, call.words[1])); }

void getdel(Call& call) {
    std::optional<Value> value;
    {
        auto keys = call.keyspace.begin();
        if (Entry* entry = keys.find(call.words[1]); entry != nullptr) {
            value = entry->value;
            keys.erase(*entry);
        }
    }
    call.reply_value(value);
}

void getex(Call& call) {
    const auto options = parse_getex_options(call.words.subspan(2));
    if (!options) return call.fail(errors::syntax);
    std::optional<Value> value;
    {
        auto keys = call.keyspace.begin();
        if (Entry* entry = keys.find(call.words[1]); entry != nullptr) {
            const auto deadline = deadline_of(call, *options, keys.now());
            if (!deadline) return;
            value = entry->value;
            if (options->life != Life::unsaid) keys.expire_at(*entry, *deadline);
        }
    }
    call.reply_value(value);
}

void getset(Call& call) { call.reply_value(write(call, {call.words[1], call.words[2], {}}).old); }

void set(Call& call) {
    const auto options = parse_set_options(call.words.subspan(3));
    if (!options) return call.fail(errors::syntax);

    const auto outcome = write(call, {call.words[1], call.words[2], *options});
    if (outcome.kind == Outcome::Kind::failed) return;
    if (options->wants_old) return call.reply_value(outcome.old);
    if (outcome.kind == Outcome::Kind::refused) return call.reply_null();
    call.reply_ok();
}

void setnx(Call& call) {
    ValueOptions options;
    options.condition = Condition::if_absent;
    const auto outcome = write(call, {call.words[1], call.words[2], options});
    resp::append_integer(call.reply, outcome.kind == Outcome::Kind::stored ? 1 : 0);
}

void setex(Call& call) { set_for(call, Life::ex); }

void psetex(Call& call) { set_for(call, Life::px); }

void mget(Call& call) {
    std::vector<std::optional<Value>> values;
    values.reserve(call.words.size() - 1);
    {
        auto keys = call.keyspace.begin();
        for (const auto key : call.words.subspan(1)) {
            const Entry* entry = keys.find(key);
            values.push_back(entry != nullptr ? std::optional(entry->value) : std::nullopt);
        }
    }
    resp::append_array(call.reply, values.size());
    for (const auto& value : values) call.reply_value(value);
}

void mset(Call& call) {
    auto values = values_of_pairs(call);
    if (values.empty()) return;
    auto keys = call.keyspace.begin();
    put_pairs(call, keys, std::move(values));
    call.reply_ok();
}

void msetnx(Call& call) {
    auto values = values_of_pairs(call);
    if (values.empty()) return;
    auto keys = call.keyspace.begin();
    for (std::size_t i = 1; i < call.words.size(); i += 2) {
        if (keys.find(call.words[i]) != nullptr) return resp::append_integer(call.reply, 0);
    }
    put_pairs(call, keys, std::move(values));
    resp::append_integer(call.reply, 1);
}

void strlen(Call& call) {
    const auto value = value_at(call, call.words[1]);
    resp::append_integer(call.reply, value ? static_cast<std::int64_t>(value->bytes().size()) : 0);
}

void append(Call& call) {
    const auto more = call.words[2];
    auto keys = call.keyspace.begin();
    Entry* entry = keys.find(call.words[1]);
    if (entry == nullptr) {
        entry = &keys.put(call.words[1], Value(std::string(more)));
    } else {
        if (!fits(entry->value.bytes().size(), more.size())) return call.fail(errors::too_long);
        entry->value.edit().append(more);
    }
    resp::append_integer(call.reply, static_cast<std::int64_t>(entry->value.bytes().size()));
}

void getrange(Call& call) {
    const auto first = call.integer(2);
    if (!first) return;
    const auto last = call.integer(3);
    if (!last) return;
    const auto value = value_at(call, call.words[1]);
    resp::append_bulk(call.reply, value ? part_of(value->bytes(), *first, *last) : "");
}

void setrange(Call& call) {
    const auto offset = call.integer(2);
    if (!offset) return;
    if (*offset < 0) return call.fail("ERR offset is out of range");

    const auto part = call.words[3];
    const auto begin = static_cast<std::size_t>(*offset);
    auto keys = call.keyspace.begin();
    Entry* entry = keys.find(call.words[1]);
    if (!part.empty()) {
        if (!fits(begin, part.size())) return call.fail(errors::too_long);
        if (entry == nullptr) entry = &keys.put(call.words[1], Value(std::string()));
        std::string& bytes = entry->value.edit();
        if (bytes.size() < begin + part.size()) bytes.resize(begin + part.size());
        std::ranges::copy(part, bytes.begin() + *offset);
    }
    const auto size = entry != nullptr ? entry->value.bytes().size() : 0;
    resp::append_integer(call.reply, static_cast<std::int64_t>(size));
}

}  // namespace nearcache::backend::embedded
