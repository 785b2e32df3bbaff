#pragma once

#include <algorithm>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "resp/reply_writer.hpp"

// What a backend says to COMMAND.
namespace nearcache::resp_server {

// The rows of nine commands as redis-server 7.0.15 says them, with a space for each CR LF.
inline constexpr std::string_view recorded_words =
    "*9 *10 $3 get :2 *2 +readonly +fast :1 :1 :1 *3 +@read +@string +@fast *0 *1 *6 $5 flags "
    "*2 +RO +access $12 begin_search *4 $4 type $5 index $4 spec *2 $5 index :1 $9 find_keys "
    "*4 $4 type $5 range $4 spec *6 $7 lastkey :0 $7 keystep :1 $5 limit :0 *0 *10 $4 mget :-2 "
    "*2 +readonly +fast :1 :-1 :1 *3 +@read +@string +@fast *1 $26 request_policy:multi_shard "
    "*1 *6 $5 flags *2 +RO +access $12 begin_search *4 $4 type $5 index $4 spec *2 $5 index :1 "
    "$9 find_keys *4 $4 type $5 range $4 spec *6 $7 lastkey :-1 $7 keystep :1 $5 limit :0 *0 "
    "*10 $3 del :-2 *1 +write :1 :-1 :1 *3 +@keyspace +@write +@slow *2 $26 "
    "request_policy:multi_shard $23 response_policy:agg_sum *1 *6 $5 flags *2 +RM +delete $12 "
    "begin_search *4 $4 type $5 index $4 spec *2 $5 index :1 $9 find_keys *4 $4 type $5 range "
    "$4 spec *6 $7 lastkey :-1 $7 keystep :1 $5 limit :0 *0 *10 $5 xread :-4 *3 +readonly "
    "+blocking +movablekeys :0 :0 :0 *4 +@read +@stream +@slow +@blocking *0 *1 *6 $5 flags *2 "
    "+RO +access $12 begin_search *4 $4 type $7 keyword $4 spec *4 $7 keyword $7 STREAMS $9 "
    "startfrom :1 $9 find_keys *4 $4 type $5 range $4 spec *6 $7 lastkey :-1 $7 keystep :1 $5 "
    "limit :2 *0 *10 $6 select :2 *3 +loading +stale +fast :0 :0 :0 *2 +@fast +@connection *0 "
    "*0 *0 *10 $8 flushall :-1 *1 +write :0 :0 :0 *4 +@keyspace +@write +@slow +@dangerous *2 "
    "$25 request_policy:all_shards $29 response_policy:all_succeeded *0 *0 *10 $6 object :-2 "
    "*0 :0 :0 :0 *1 +@slow *0 *0 *5 *10 $15 object|idletime :3 *1 +readonly :2 :2 :1 *3 "
    "+@keyspace +@read +@slow *1 $23 nondeterministic_output *1 *6 $5 flags *1 +RO $12 "
    "begin_search *4 $4 type $5 index $4 spec *2 $5 index :2 $9 find_keys *4 $4 type $5 range "
    "$4 spec *6 $7 lastkey :0 $7 keystep :1 $5 limit :0 *0 *10 $11 object|help :2 *2 +loading "
    "+stale :0 :0 :0 *2 +@keyspace +@slow *0 *0 *0 *10 $11 object|freq :3 *1 +readonly :2 :2 "
    ":1 *3 +@keyspace +@read +@slow *1 $23 nondeterministic_output *1 *6 $5 flags *1 +RO $12 "
    "begin_search *4 $4 type $5 index $4 spec *2 $5 index :2 $9 find_keys *4 $4 type $5 range "
    "$4 spec *6 $7 lastkey :0 $7 keystep :1 $5 limit :0 *0 *10 $15 object|encoding :3 *1 "
    "+readonly :2 :2 :1 *3 +@keyspace +@read +@slow *1 $23 nondeterministic_output *1 *6 $5 "
    "flags *1 +RO $12 begin_search *4 $4 type $5 index $4 spec *2 $5 index :2 $9 find_keys *4 "
    "$4 type $5 range $4 spec *6 $7 lastkey :0 $7 keystep :1 $5 limit :0 *0 *10 $15 "
    "object|refcount :3 *1 +readonly :2 :2 :1 *3 +@keyspace +@read +@slow *1 $23 "
    "nondeterministic_output *1 *6 $5 flags *1 +RO $12 begin_search *4 $4 type $5 index $4 "
    "spec *2 $5 index :2 $9 find_keys *4 $4 type $5 range $4 spec *6 $7 lastkey :0 $7 keystep "
    ":1 $5 limit :0 *0 *10 $5 blpop :-3 *3 +write +noscript +blocking :1 :-2 :1 *4 +@write "
    "+@list +@slow +@blocking *0 *1 *6 $5 flags *3 +RW +access +delete $12 begin_search *4 $4 "
    "type $5 index $4 spec *2 $5 index :1 $9 find_keys *4 $4 type $5 range $4 spec *6 $7 "
    "lastkey :-2 $7 keystep :1 $5 limit :0 *0 *10 $7 publish :3 *4 +pubsub +loading +stale "
    "+fast :0 :0 :0 *2 +@pubsub +@fast *0 *0 *0 ";

inline std::string recorded_reply() {
    std::string bytes;
    for (const char c : recorded_words) c == ' ' ? bytes.append("\r\n") : bytes.append(1, c);
    return bytes;
}

// A row made by hand, with as many fields as Redis 7 gives, or fewer as its forefathers did.
struct HandMade {
    std::string name;
    int arity = -2;
    std::string flags = {};  // "write denyoom"
    int first = 1, last = 1, step = 1;
    std::size_t fields = 10;
    std::string categories = "@slow";
    std::vector<HandMade> subcommands = {};
};

inline void append_names(std::string& out, const std::string& names) {
    std::istringstream stream(names);
    std::vector<std::string> words;
    for (std::string word; stream >> word;) words.push_back(word);
    resp::append_array(out, words.size());
    for (const auto& word : words) resp::append_simple(out, word);
}

inline void append_row(std::string& out, const HandMade& row) {
    resp::append_array(out, row.fields);
    resp::append_bulk(out, row.name);
    resp::append_integer(out, row.arity);
    append_names(out, row.flags);
    for (const int number : {row.first, row.last, row.step}) resp::append_integer(out, number);
    if (row.fields > 6) append_names(out, row.categories);
    if (row.fields < 10) return;
    resp::append_array(out, 0);
    resp::append_array(out, 0);
    resp::append_array(out, row.subcommands.size());
    for (const auto& subcommand : row.subcommands) append_row(out, subcommand);
}

inline std::string reply_of(const std::vector<HandMade>& rows) {
    std::string reply;
    resp::append_array(reply, rows.size());
    for (const auto& row : rows) append_row(reply, row);
    return reply;
}

}  // namespace nearcache::resp_server
