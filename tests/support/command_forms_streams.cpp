#include "tests/support/command_forms.hpp"

namespace nearcache::tests {

namespace {

constexpr CommandForm streams[] = {
    {"XADD {x} {newid} <{field} {value}>*"},
    {"XADD {x} {newid} {field} {value}"},
    {"XADD {x} [NOMKSTREAM] [MAXLEN [=|~] {count}|MINID [=|~] {id}] {newid} <{field} {value}>*"},
    {"XADD {x} MAXLEN ~ {count} LIMIT {count} {newid} {field} {value}"},
    {"XADD {x} {id} {field} {value}"},
    {"XADD {x} <{newid}|{newid} a|MAXLEN {newid} a b|MAXLEN 1 MINID 1 {newid} a b>"},
    {"XLEN {x}"},
    {"XRANGE {x} <-|{id}|({id}> <+|{id}> [COUNT {count}]"},
    {"XREVRANGE {x} <+|{id}> <-|{id}|({id}> [COUNT {count}]"},
    {"XDEL {x} <{id}>*"},
    {"XTRIM {x} <MAXLEN|MINID> [=|~] <{count}|{id}>"},
    {"XTRIM {x} MAXLEN ~ {count} [LIMIT {count}]"},
    {"XSETID {x} {newid} [ENTRIESADDED 100 MAXDELETEDID {id}]"},
    {"XREAD [COUNT {count}] STREAMS <{x} {id}|{x} {x} {id} {id}|{x} $>"},
    {"XREAD <STREAMS {x}|COUNT abc STREAMS {x} 0|STREAMS {x} {x} 0|NOACK STREAMS {x} 0>"},
    {"XINFO STREAM {x} [FULL [COUNT {count}]]"},
    {"XINFO GROUPS {x}"},
    {"XINFO CONSUMERS {x} {group}"},
    {"XINFO <NOSUCH {x}|STREAM {x} NOSUCH|CONSUMERS {x}>"},
};

constexpr CommandForm groups[] = {
    {"XGROUP CREATE {x} {group} <0|$|{id}> [MKSTREAM] [ENTRIESREAD {count}]"},
    {"XGROUP CREATE {x} {group} 0 MKSTREAM"},
    {"XGROUP SETID {x} {group} <0|$|{id}> [ENTRIESREAD {count}]"},
    {"XGROUP CREATECONSUMER {x} {group} {consumer}"},
    {"XGROUP DELCONSUMER {x} {group} {consumer}"},
    {"XGROUP DESTROY {x} {group}"},
    {"XGROUP NOSUCH {x} {group}"},
    {"XREADGROUP GROUP {group} {consumer} [COUNT {count}] [NOACK] STREAMS {x} {gt}"},
    {"XREADGROUP GROUP {group} {consumer} COUNT {count} STREAMS {x} {gt}"},
    {"XREADGROUP GROUP {group} {consumer} STREAMS {x} {x} <{gt}|0> <{gt}|{id}>"},
    {"XREADGROUP <GROUP {group} {consumer} STREAMS {x} $|STREAMS {x} {gt}|GROUP {group}>"},
    {"XACK {x} {group} <{id}>*"},
    {"XPENDING {x} {group}"},
    {"XPENDING {x} {group} [IDLE 0] - + {count} [{consumer}]"},
    {"XPENDING {x} {group} <{id} {id} {count}|- +|IDLE abc - + 1>"},
    {"XCLAIM {x} {group} {consumer} 0 <{id}>* [IDLE 0|TIME 1000] [RETRYCOUNT {count}] [FORCE] "
     "[JUSTID]"},
    {"XCLAIM {x} {group} {consumer} 0 {id} FORCE LASTID {id}"},
    {"XCLAIM {x} {group} {consumer} <abc {id}|0 {id} NOSUCH|-1 {id}>"},
    {"XAUTOCLAIM {x} {group} {consumer} 0 <0|{id}> [COUNT {count}] [JUSTID]"},
    {"XAUTOCLAIM {x} {group} {consumer} <abc 0|0 abc|0 0 COUNT 0>"},
};

// Lua gets the keys that it works on: the cache is told of them.
constexpr CommandForm scripts[] = {
    {"EVAL {script} 2 {s} {h} {value}"},
    {"EVAL {script} 2 {n} {l} {value}"},
    {"EVAL {script} 2 {key} {z} {value} {value}"},
    {"EVAL {script} 1 {s}"},
    {"EVAL {script} 0"},
    {"EVAL {script} <-1|abc|3 {s}>"},
    {"EVAL_RO {script} 2 {s} {l} {value}"},
    {"EVALSHA {sha} 2 {s} {h} {value}"},
    {"EVALSHA <ffffffffffffffffffffffffffffffffffffffff|abc> 1 {s}"},
    {"EVALSHA_RO {sha} 2 {s} {t} {value}"},
    {"SCRIPT LOAD {script}"},
    {"SCRIPT EXISTS {sha} {sha} abc"},
    {"SCRIPT <KILL|NOSUCH|EXISTS>"},
    {"SCRIPT FLUSH [ASYNC|SYNC|NOSUCH]"},
    {"FUNCTION LOAD [REPLACE] {library}"},
    {"FUNCTION LOAD REPLACE {library}"},
    {"FUNCTION LIST [LIBRARYNAME lib*] [WITHCODE]"},
    {"FUNCTION DELETE <lib1|lib2|nosuch>"},
    {"FUNCTION <STATS|KILL|DUMP|NOSUCH>"},
    {"FUNCTION FLUSH [ASYNC|SYNC|NOSUCH]"},
    {"FUNCTION RESTORE {libraries} [FLUSH|APPEND|REPLACE|NOSUCH]"},
    {"FCALL <read|write|look|typed|fails|nosuch> 1 <{s}|{key}> {value}"},
    {"FCALL <read|write|look|typed|fails|nosuch> 1 <{s}|{key}> {value}"},
    {"FCALL read 0"},
    {"FCALL_RO <read|write|look|typed> 1 {s}"},
};

}  // namespace

std::span<const CommandForm> stream_forms() { return streams; }
std::span<const CommandForm> group_forms() { return groups; }
std::span<const CommandForm> script_forms() { return scripts; }

}  // namespace nearcache::tests
