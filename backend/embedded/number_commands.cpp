#include "backend/embedded/number_commands.hpp"

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>

#include "backend/embedded/words.hpp"
#include "resp/reply_writer.hpp"

namespace nearcache::backend::embedded {
namespace {

void add(Call& call, std::int64_t amount) {
    auto keys = call.keyspace.begin();
    const Entry* entry = keys.find(call.words[1]);
    const auto before = entry != nullptr ? parse_integer(entry->value.bytes()) : 0;
    if (!before) return call.fail(errors::not_an_integer);

    std::int64_t sum = 0;
    if (__builtin_add_overflow(*before, amount, &sum)) {
        return call.fail("ERR increment or decrement would overflow");
    }
    keys.put(call.words[1], Value(std::to_string(sum)));
    resp::append_integer(call.reply, sum);
}

}  // namespace

void incr(Call& call) { add(call, 1); }

void decr(Call& call) { add(call, -1); }

void incrby(Call& call) {
    if (const auto amount = call.integer(2)) add(call, *amount);
}

void decrby(Call& call) {
    const auto amount = call.integer(2);
    if (!amount) return;
    if (*amount == std::numeric_limits<std::int64_t>::min()) {
        return call.fail("ERR decrement would overflow");
    }
    add(call, -*amount);
}

void incrbyfloat(Call& call) {
    const auto amount = parse_float(call.words[2]);
    auto keys = call.keyspace.begin();
    const Entry* entry = keys.find(call.words[1]);
    const auto before = entry != nullptr ? parse_float(entry->value.bytes()) : 0.0L;
    if (!before || !amount) return call.fail(errors::not_a_float);

    const long double sum = *before + *amount;
    if (!std::isfinite(sum)) return call.fail("ERR increment would produce NaN or Infinity");
    auto text = format_float(sum);
    resp::append_bulk(call.reply, text);
    keys.put(call.words[1], Value(std::move(text)));
}

}  // namespace nearcache::backend::embedded
