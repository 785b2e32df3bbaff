#include "backend/embedded/call.hpp"

#include <limits>

#include "backend/embedded/words.hpp"
#include "resp/reply_writer.hpp"

namespace nearcache::backend::embedded {
namespace {

// "$536870912\r\n" and the "\r\n" behind the bytes, with room to spare.
constexpr std::size_t bulk_overhead = 32;

}  // namespace

void Call::fail(std::string_view error) { resp::append_error(reply, error); }

void Call::fail_arity() {
    fail("ERR wrong number of arguments for '" + std::string(name) + "' command");
}

void Call::fail_expire_time() {
    fail("ERR invalid expire time in '" + std::string(name) + "' command");
}

std::optional<std::int64_t> Call::integer(std::size_t word) {
    const auto number = parse_integer(words[word]);
    if (!number) fail(errors::not_an_integer);
    return number;
}

bool Call::selects_database(std::size_t word) {
    const auto database = integer(word);
    if (!database) return false;
    if (*database == 0) return true;
    using Range = std::numeric_limits<std::int32_t>;
    const bool is_int = Range::min() <= *database && *database <= Range::max();
    fail(is_int ? "ERR DB index is out of range"
                : "ERR value is out of range, value must between -2147483648 and 2147483647");
    return false;
}

void Call::reply_ok() { resp::append_simple(reply, "OK"); }

void Call::reply_null() {
    resp::append_text(reply, dialect == resp::Dialect::resp3 ? "_\r\n" : "$-1\r\n");
}

void Call::reply_value(const std::optional<Value>& value) {
    if (!value) return reply_null();
    // The very size, for a large value; the usual doubling, for one of many.
    const auto needed = reply.size() + value->bytes().size() + bulk_overhead;
    if (reply.empty()) reply.reserve(needed);
    resp::append_bulk(reply, value->bytes());
}

}  // namespace nearcache::backend::embedded
