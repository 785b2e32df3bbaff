#include "backend/embedded/expiry_commands.hpp"

#include <cstdint>
#include <string>

#include "backend/embedded/words.hpp"
#include "resp/reply_writer.hpp"

namespace nearcache::backend::embedded {
namespace {

enum class Unit : std::int64_t { milliseconds = 1, seconds = 1000 };
enum class Since { now, epoch };

// Which keys EXPIRE is to leave alone.
struct Conditions {
    bool nx = false;
    bool xx = false;
    bool gt = false;
    bool lt = false;

    bool* find(std::string_view word) {
        if (same_word(word, "nx")) return &nx;
        if (same_word(word, "xx")) return &xx;
        if (same_word(word, "gt")) return &gt;
        return same_word(word, "lt") ? &lt : nullptr;
    }

    // A key that never expires counts as one with the longest life.
    bool allow(Moment before, Moment after) const {
        const bool expires = before != never;
        if (nx && expires) return false;
        if (xx && !expires) return false;
        if (gt && (!expires || after <= before)) return false;
        return !(lt && expires && after >= before);
    }
};

// Empty when the words contradict each other or say nothing: the call has failed then.
std::optional<Conditions> conditions_of(Call& call) {
    Conditions conditions;
    for (const auto word : call.words.subspan(3)) {
        bool* condition = conditions.find(word);
        if (condition == nullptr) {
            // Printed as a C string, and the end of line would be ours.
            const auto shown = word.substr(0, word.find('\0'));
            const auto end = shown.find_last_not_of("\r\n") + 1;
            call.fail("ERR Unsupported option " + std::string(shown.substr(0, end)));
            return std::nullopt;
        }
        *condition = true;
    }
    if (conditions.nx && (conditions.xx || conditions.gt || conditions.lt)) {
        call.fail("ERR NX and XX, GT or LT options at the same time are not compatible");
        return std::nullopt;
    }
    if (conditions.gt && conditions.lt) {
        call.fail("ERR GT and LT options at the same time are not compatible");
        return std::nullopt;
    }
    return conditions;
}

// The moment an EXPIRE names, which may well have passed. Empty when it is beyond all numbers: the
// call has failed then.
std::optional<Moment> moment_of(Call& call, Unit unit, Moment base) {
    const auto amount = call.integer(2);
    if (!amount) return std::nullopt;
    std::int64_t after = 0;
    const bool is_beyond =
        __builtin_mul_overflow(*amount, static_cast<std::int64_t>(unit), &after) ||
        __builtin_add_overflow(after, base.time_since_epoch().count(), &after);
    if (is_beyond) {
        call.fail_expire_time();
        return std::nullopt;
    }
    return Moment(Moment::duration(after));
}

void expire_with(Call& call, Unit unit, Since since) {
    const auto conditions = conditions_of(call);
    if (!conditions) return;
    auto keys = call.keyspace.begin();
    const auto when = moment_of(call, unit, since == Since::now ? keys.now() : Moment());
    if (!when) return;

    Entry* entry = keys.find(call.words[1]);
    const bool is_allowed = entry != nullptr && conditions->allow(entry->expires_at, *when);
    if (is_allowed && *when <= keys.now()) {
        keys.erase(*entry);
    } else if (is_allowed) {
        keys.expire_at(*entry, *when);
    }
    resp::append_integer(call.reply, is_allowed ? 1 : 0);
}

void reply_life(Call& call, Unit unit, Since since) {
    const auto found = call.keyspace.read(call.words[1]);
    if (!found) return resp::append_integer(call.reply, -2);
    if (found->expires_at == never) return resp::append_integer(call.reply, -1);

    const auto base = since == Since::now ? found->taken_at : Moment();
    const auto milliseconds = (found->expires_at - base).count();
    // To the nearest second; written so that the last moment there is does not overflow.
    const auto seconds = milliseconds / 1000 + (milliseconds % 1000 >= 500 ? 1 : 0);
    resp::append_integer(call.reply, unit == Unit::seconds ? seconds : milliseconds);
}

}  // namespace

void expire(Call& call) { expire_with(call, Unit::seconds, Since::now); }

void pexpire(Call& call) { expire_with(call, Unit::milliseconds, Since::now); }

void expireat(Call& call) { expire_with(call, Unit::seconds, Since::epoch); }

void pexpireat(Call& call) { expire_with(call, Unit::milliseconds, Since::epoch); }

void persist(Call& call) {
    auto keys = call.keyspace.begin();
    Entry* entry = keys.find(call.words[1]);
    const bool did_expire = entry != nullptr && entry->expires_at != never;
    if (did_expire) keys.expire_at(*entry, never);
    resp::append_integer(call.reply, did_expire ? 1 : 0);
}

void ttl(Call& call) { reply_life(call, Unit::seconds, Since::now); }

void pttl(Call& call) { reply_life(call, Unit::milliseconds, Since::now); }

void expiretime(Call& call) { reply_life(call, Unit::seconds, Since::epoch); }

void pexpiretime(Call& call) { reply_life(call, Unit::milliseconds, Since::epoch); }

}  // namespace nearcache::backend::embedded
