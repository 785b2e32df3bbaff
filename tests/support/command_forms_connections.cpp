#include "tests/support/command_forms.hpp"

namespace nearcache::tests {

namespace {

constexpr CommandForm blocking[] = {
    {"BLPOP <{l}>* {timeout}", as_is},
    {"BRPOP <{l}>* {timeout}", as_is},
    {"BLPOP {l} {badtimeout}", as_is},
    {"BLMOVE {l} {l} <LEFT|RIGHT> <LEFT|RIGHT|UP> {timeout}", as_is},
    {"BRPOPLPUSH {l} {l} <{timeout}|{badtimeout}>", as_is},
    {"BLMPOP {timeout} <1 {l}|2 {l} {l}> <LEFT|RIGHT> [COUNT {count}]", as_is},
    {"BLMPOP <{badtimeout}|{timeout}> <0|2 {l}|1 {l} UP>", as_is},
    {"BZPOPMIN <{z}>* {timeout}", as_is},
    {"BZPOPMAX <{z}>* <{timeout}|{badtimeout}>", as_is},
    {"BZMPOP {timeout} <1 {z}|2 {z} {z}> <MIN|MAX> [COUNT {count}]", as_is},
    {"XREAD [COUNT {count}] BLOCK <1|3|5> STREAMS <{x} $|{x} {id}|{x} {x} {id} $>", as_is},
    {"XREAD BLOCK <abc|-1> STREAMS {x} $", as_is},
    {"XREADGROUP GROUP {group} {consumer} [COUNT {count}] BLOCK <1|4> STREAMS {x} {gt}", as_is},
    {"XREADGROUP GROUP {group} {consumer} BLOCK 2 STREAMS {x} {x} {gt} {gt}", as_is},
    {"WAIT 1 <1|3>", as_is},
    {"WAIT 1 -1", as_is},
};

constexpr CommandForm connections[] = {
    {"SELECT {db}", as_is},
    {"SELECT {db}", as_is},
    {"SELECT {db} ; GET {s} ; SELECT 0", as_is},
    {"SELECT {baddb}", as_is},
    {"AUTH <x|default x|nobody x|a b c>", as_is},
    {"RESET", as_is},
    {"CLIENT SETNAME {name}"},
    {"CLIENT SETNAME <{value}|a\nb>"},
    {"CLIENT GETNAME"},
    {"CLIENT <ID|INFO|GETREDIR|TRACKINGINFO|HELP>"},
    {"CLIENT CACHING <YES|NO|{value}>"},
    {"CLIENT <SETINFO lib-name x|NOSUCH>", as_is},
    {"DISCARD", as_is},
    {"EXEC", as_is},
    {"WATCH <{key}>*", as_is},
    {"WATCH {s}", as_is},
    {"UNWATCH", as_is},
};

// docs/compatibility.md: between MULTI and EXEC these are refused.
constexpr CommandForm outside_transactions[] = {
    {"HELLO", as_is},
    {"HELLO <2|3>", as_is},
    {"HELLO 3 [AUTH default any] [SETNAME {name}]", as_is},
    {"HELLO 2 SETNAME {name}", as_is},
    {"HELLO <1|4|abc|''|3 NOSUCH|3 AUTH default|3 AUTH nobody x|2 SETNAME|2 SETNAME x\ny>", as_is},
    {"CLIENT NO-EVICT <ON|OFF|{value}>"},
    {"CLIENT TRACKING ON [NOLOOP]", as_is},
    {"CLIENT TRACKING ON <BCAST PREFIX never|BCAST OPTIN|OPTIN OPTOUT|REDIRECT 99999999>", as_is},
    {"CLIENT TRACKING OFF", as_is},
    {"CLIENT TRACKING <MAYBE|ON NOSUCH|ON PREFIX x|ON REDIRECT abc>", as_is},
    {"CLIENT TRACKING ON ; GET {s} ; SET {s} {value} ; CLIENT TRACKING OFF", as_is},
    {"CLIENT UNBLOCK <99999999|abc|99999999 ERROR|99999999 NOSUCH>", as_is},
    {"CLIENT KILL <ID 99999999|127.0.0.1:1|TYPE nosuch|ID abc|NOSUCH x>", as_is},
    {"CLIENT REPLY MAYBE", as_is},
    {"CLIENT LIST"},
    {"CLIENT LIST <TYPE nosuch|ID abc|NOSUCH>", as_is},
};

// The keys belong to these alone, and are not there at the start: whether the one who waits comes
// first or second is the same to all who look.
constexpr CommandForm meetings[] = {
    {"BLPOP meet1 meet2 5 ; RPUSH <meet1|meet2> <{value}>*", as_is},
    {"BRPOP meet1 5 ; LPUSH meet1 {value}", as_is},
    {"BLMOVE meet1 meet3 LEFT RIGHT 5 ; RPUSH meet1 {value}", as_is},
    {"BRPOPLPUSH meet1 meet1 5 ; RPUSH meet1 {value}", as_is},
    {"BLMPOP 5 2 meet1 meet2 LEFT COUNT 10 ; RPUSH meet2 {value}", as_is},
    {"BZPOPMIN meet1 meet2 5 ; ZADD meet2 {number} {member}", as_is},
    {"BZMPOP 5 1 meet1 MAX ; ZADD meet1 1 {member}", as_is},
    {"BLPOP meet1 5 ; MULTI ; LPUSH meet1 a ; DEL meet1 ; LPUSH meet1 {value} ; EXEC", as_is},
    {"BLPOP meet1 5 ; EVAL return(redis.call('RPUSH',KEYS[1],'a','b')) 1 meet1", as_is},
    {"BLPOP meet1 5 ; RPUSH meet3 {value} ; RENAME meet3 meet1", as_is},
    {"XREAD BLOCK 5000 STREAMS meet1 0 ; XADD meet1 1-1 {field} {value}", as_is},
};

constexpr CommandForm transactions[] = {
    {"MULTI ; MULTI ; GET {s} ; EXEC", as_is},
    {"MULTI ; WATCH {s} ; SET {s} {value} ; GET {s} ; EXEC", as_is},
    {"MULTI ; NOSUCH ; SET {s} {value} ; EXEC ; GET {s}", as_is},
    {"MULTI ; GET ; EXEC", as_is},
    {"MULTI ; EXEC", as_is},
    {"MULTI ; DISCARD ; EXEC", as_is},
    {"MULTI ; SET {s} {value} ; LPUSH {s} x ; GET {s} ; EXEC ; GET {s}", as_is},
    {"MULTI ; SELECT {db} ; SET {s} {value} ; GET {s} ; EXEC ; GET {s}", as_is},
    {"MULTI ; SELECT {db} ; SELECT 16 ; EXEC ; GET {s} ; SELECT 0", as_is},
    {"MULTI ; BLPOP nowhere 0 ; BZPOPMIN nowhere 0 ; XREAD BLOCK 0 STREAMS nowhere $ ; EXEC",
     as_is},
    {"MULTI ; SWAPDB 0 1 ; GET {s} ; EXEC ; GET {s}", as_is},
    {"MULTI ; SET {s} {value} ; RESET ; GET {s}", as_is},
    {"MULTI ; EVAL {script} 2 {s} {h} {value} ; EXEC", as_is},
    {"MULTI ; UNWATCH ; PING ; ECHO {value} ; EXEC", as_is},
    {"MULTI extra", as_is},
    {"WATCH {s} ; SET {s} {value} ; MULTI ; GET {s} ; EXEC", as_is},
    {"WATCH {s} ; GET {s} ; MULTI ; SET {s} {value} ; EXEC ; GET {s}", as_is},
    {"WATCH {s} ; UNWATCH ; SET {s} {value} ; MULTI ; GET {s} ; EXEC", as_is},
    {"WATCH {s} ; MULTI ; DISCARD ; SET {s} {value} ; MULTI ; EXEC", as_is},
    {"WATCH {s} {l} ; SELECT 1 ; SET {s} {value} ; SELECT 0 ; MULTI ; EXEC", as_is},
};

// Patterns never meet on a channel: which of two comes first is up to the server's hash.
constexpr CommandForm subscriptions[] = {
    {"SUBSCRIBE <c1|c2|c1 c2|c3 c1 c2|c1 c1>", as_is},
    {"SUBSCRIBE <c1|c2|c1 c2|c3 c1 c2|pa1>", as_is},
    {"PSUBSCRIBE <pa*|pb*|pa* pb*>", as_is},
    {"SSUBSCRIBE <sc1|sc2|sc1 sc2>", as_is},
    {"UNSUBSCRIBE <c1|c2|c1 c2 c3|nobody>", as_is},
    {"PUNSUBSCRIBE <pa*|pb*|pa* pb*>", as_is},
    {"SUNSUBSCRIBE <sc1|sc1 sc2>", as_is},
    {"SUBSCRIBE c1 ; PUBLISH c1 {value} ; GET {s} ; UNSUBSCRIBE c1", as_is},
    {"SUBSCRIBE c1 ; PING ; PING {value} ; UNSUBSCRIBE c1 ; PING", as_is},
    {"UNSUBSCRIBE c1 c2 c3 pa1 ; UNSUBSCRIBE ; SUBSCRIBE c1 ; UNSUBSCRIBE", as_is},
    {"PUNSUBSCRIBE pa* pb* ; PUNSUBSCRIBE", as_is},
    {"SUNSUBSCRIBE sc1 sc2 ; SUNSUBSCRIBE", as_is},
    {"UNSUBSCRIBE c1 c2 c3 pa1 ; PUNSUBSCRIBE pa* pb* ; SUNSUBSCRIBE sc1 sc2", as_is},
    {"UNSUBSCRIBE c1 c2 c3 pa1 ; PUNSUBSCRIBE pa* pb* ; SUNSUBSCRIBE sc1 sc2", as_is},
    {"PUBLISH <c1|c2|pa1|pb1> {value}", as_is},
    {"SPUBLISH <sc1|sc2> {value}", as_is},
    {"HELLO <2|3>", as_is},
    {"RESET", as_is},
    {"<SUBSCRIBE|PSUBSCRIBE|SSUBSCRIBE>", as_is},
};

// From the first to the last no reply comes but the last one's.
constexpr CommandForm muted[] = {
    {"CLIENT REPLY SKIP ; GET {s}", as_is},
    {"CLIENT REPLY SKIP ; SET {s} {value}", as_is},
    {"CLIENT REPLY SKIP ; LRANGE {l} 0 -1", as_is},
    {"CLIENT REPLY SKIP ; NOSUCH", as_is},
    {"CLIENT REPLY OFF ; GET {s} ; SET {s} {value} ; HGETALL {h} ; CLIENT REPLY ON", as_is},
    {"CLIENT REPLY OFF ; INCR {n} ; GET {n} ; MGET {n} {s} ; NOSUCH ; PING ; CLIENT REPLY ON",
     as_is},
    {"CLIENT REPLY OFF ; MULTI ; SET {s} {value} ; GET {s} ; EXEC ; CLIENT REPLY ON", as_is},
    {"CLIENT REPLY OFF ; SELECT 1 ; SET {s} {value} ; SELECT 0 ; CLIENT REPLY ON", as_is},
    {"CLIENT REPLY OFF ; CLIENT REPLY SKIP ; GET {s} ; CLIENT REPLY ON", as_is},
    {"CLIENT REPLY OFF ; RPUSH {l} {value} ; BLPOP {l} 0.001 ; CLIENT REPLY ON", as_is},
    {"CLIENT REPLY ON", as_is},
};

}  // namespace

std::span<const CommandForm> blocking_forms() { return blocking; }
std::span<const CommandForm> connection_forms() { return connections; }
std::span<const CommandForm> outside_forms() { return outside_transactions; }
std::span<const CommandForm> meeting_forms() { return meetings; }
std::span<const CommandForm> transaction_forms() { return transactions; }
std::span<const CommandForm> subscription_forms() { return subscriptions; }
std::span<const CommandForm> muted_forms() { return muted; }

}  // namespace nearcache::tests
