#include "tests/support/command_forms.hpp"

namespace nearcache::tests {

namespace {

constexpr CommandForm lists[] = {
    {"LPUSH {l} <{value}>*"},
    {"RPUSH {l} <{value}>*"},
    {"RPUSH {l} <{number}>*"},
    {"LPUSHX {l} <{value}>*"},
    {"RPUSHX {l} <{value}>*"},
    {"LPOP {l} [{count}]"},
    {"RPOP {l} [{count}]"},
    {"LPOP {l} -1"},
    {"LLEN {l}"},
    {"LINDEX {l} {index}"},
    {"LRANGE {l} {index} {index}"},
    {"LRANGE {l} 0 -1"},
    {"LSET {l} {index} {value}"},
    {"LREM {l} {signed} <{value}|{number}>"},
    {"LTRIM {l} {index} {index}"},
    {"LTRIM {l} 0 10"},
    {"LINSERT {l} <BEFORE|AFTER|INSTEAD> <{value}|{number}> {value}"},
    {"LPOS {l} <{value}|{number}> [RANK {signed}] [COUNT {count}] [MAXLEN {count}]"},
    {"LPOS {l} x RANK 0"},
    {"LMOVE {l} {l} <LEFT|RIGHT> <LEFT|RIGHT|UP>"},
    {"RPOPLPUSH {l} {l}"},
    {"LMPOP <1 {l}|2 {l} {l}|3 {l} {l} {l}> <LEFT|RIGHT> [COUNT {count}]"},
    {"LMPOP <0 {l} LEFT|2 {l} LEFT|1 {l} UP|1 {l} LEFT COUNT 0>"},
};

constexpr CommandForm hashes[] = {
    {"HSET {h} <{field} {value}>*"},
    {"HSET {h} <{field} {number}>*"},
    {"HSET {h} {field} {value} {field}"},
    {"HMSET {h} <{field} {value}>*"},
    {"HSETNX {h} {field} {value}"},
    {"HGET {h} {field}"},
    {"HMGET {h} <{field}>*"},
    {"HGETALL {h}"},
    {"HKEYS {h}"},
    {"HVALS {h}"},
    {"HLEN {h}"},
    {"HSTRLEN {h} {field}"},
    {"HEXISTS {h} {field}"},
    {"HDEL {h} <{field}>*"},
    {"HINCRBY {h} {field} {integer}"},
    {"HINCRBYFLOAT {h} {field} {float}"},
    {"HRANDFIELD {h} 1000 [WITHVALUES]", as_is},
    {"HRANDFIELD {h} <abc|1 NOSUCH|0>", as_is},
    {"DEL h4 ; HSET h4 f1 alone ; HRANDFIELD h4 ; HRANDFIELD h4 -3 WITHVALUES", as_is},
    {"HSCAN {h} 0 COUNT 1000 [MATCH {fieldpattern}]", as_is},
    {"HSCAN {h} <abc|0 COUNT 0|0 NOSUCH>", as_is},
};

constexpr CommandForm sets[] = {
    {"SADD {t} <{member}>*"},
    {"SADD {t} <{number}>*"},
    {"SREM {t} <{member}>*"},
    {"SISMEMBER {t} {member}"},
    {"SMISMEMBER {t} <{member}>*"},
    {"SMEMBERS {t}"},
    {"SCARD {t}"},
    {"SMOVE {t} {t} {member}"},
    {"SINTER <{t}>*"},
    {"SUNION <{t}>*"},
    {"SDIFF <{t}>*"},
    {"SINTERSTORE {t} <{t}>*"},
    {"SUNIONSTORE {t} <{t}>*"},
    {"SDIFFSTORE {t} <{t}>*"},
    {"SINTERCARD <1 {t}|2 {t} {t}> [LIMIT {count}]"},
    {"SINTERCARD <0 {t}|2 {t}|1 {t} LIMIT -1>"},
    {"SRANDMEMBER {t} 1000", as_is},
    {"SPOP {t} 1000", as_is},
    {"SPOP {t} <-1|abc|0|1 2>", as_is},
    {"DEL t3 ; SADD t3 alone ; SRANDMEMBER t3 -3 ; SRANDMEMBER t3 ; SPOP t3 ; SPOP t3", as_is},
    {"SSCAN {t} 0 COUNT 1000 [MATCH {fieldpattern}]", as_is},
};

constexpr CommandForm sorted_sets[] = {
    {"ZADD {z} <{score} {member}>*"},
    {"ZADD {z} <{score} {member}>*"},
    {"ZADD {z} [NX|XX] [GT|LT] [CH] <{score} {member}>*"},
    {"ZADD {z} [XX|NX] INCR {score} {member}"},
    {"ZADD {z} <NX XX 1 a|GT LT 1 a|abc a|INCR 1 a 2 b|1>"},
    {"ZINCRBY {z} {score} {member}"},
    {"ZREM {z} <{member}>*"},
    {"ZSCORE {z} {member}"},
    {"ZMSCORE {z} <{member}>*"},
    {"ZCARD {z}"},
    {"ZCOUNT {z} {bound} {bound}"},
    {"ZADD {y} <0 {member}>*", as_is},
    {"ZLEXCOUNT <{y}|{y}|{l}> {lex} {lex}", as_is},
    {"ZRANK {z} {member}"},
    {"ZREVRANK {z} {member}"},
    {"ZRANGE {z} {index} {index} [REV] [WITHSCORES]"},
    {"ZRANGE {z} 0 -1 WITHSCORES"},
    {"ZRANGE {z} {bound} {bound} BYSCORE [REV] [LIMIT {index} {signed}] [WITHSCORES]"},
    {"ZRANGE {y} {lex} {lex} BYLEX [REV] [LIMIT {index} {signed}]", as_is},
    {"ZRANGE {z} 0 1 <LIMIT 0 1|BYLEX WITHSCORES|BYSCORE BYLEX|NOSUCH>"},
    {"ZREVRANGE {z} {index} {index} [WITHSCORES]"},
    {"ZRANGEBYSCORE {z} {bound} {bound} [WITHSCORES] [LIMIT {index} {signed}]"},
    {"ZREVRANGEBYSCORE {z} {bound} {bound} [WITHSCORES] [LIMIT {index} {signed}]"},
    {"ZRANGEBYLEX {y} {lex} {lex} [LIMIT {index} {signed}]", as_is},
    {"ZREVRANGEBYLEX {y} {lex} {lex} [LIMIT {index} {signed}]", as_is},
    {"ZRANGESTORE {z} {z} <{index} {index}|{bound} {bound} BYSCORE> [REV]"},
    {"ZRANGESTORE {y} {y} {lex} {lex} BYLEX [REV]", as_is},
    {"ZREMRANGEBYRANK {z} {index} {index}"},
    {"ZREMRANGEBYSCORE {z} {bound} {bound}"},
    {"ZREMRANGEBYLEX {y} {lex} {lex}", as_is},
    {"ZPOPMIN {z} [{count}]"},
    {"ZPOPMAX {z} [{count}]"},
    {"ZMPOP <1 {z}|2 {z} {z}> <MIN|MAX|MID> [COUNT {count}]"},
    {"ZRANDMEMBER {z} 1000 [WITHSCORES]", as_is},
    {"ZRANDMEMBER {z} <abc|0|1 NOSUCH>", as_is},
    {"ZUNION <1 {z}|2 {z} {t}|2 {z} {z} [WEIGHTS {weight} {weight}]> [AGGREGATE <SUM|MIN|MAX|AVG>] "
     "[WITHSCORES]"},
    {"ZINTER <1 {z}|2 {z} {t}|2 {z} {z} [WEIGHTS {weight} {weight}]> [AGGREGATE <SUM|MIN|MAX>] "
     "[WITHSCORES]"},
    {"ZDIFF <1 {z}|2 {z} {z}|3 {z} {z} {t}> [WITHSCORES]"},
    {"ZUNIONSTORE {z} <1 {z}|2 {z} {z} [WEIGHTS {weight} {weight}]> [AGGREGATE <SUM|MIN|MAX>]"},
    {"ZINTERSTORE {z} <1 {z}|2 {z} {z} [WEIGHTS {weight} {weight}]> [AGGREGATE <SUM|MIN|MAX>]"},
    {"ZDIFFSTORE {z} 2 {z} {z}"},
    {"ZINTERCARD 2 {z} {z} [LIMIT {count}]"},
    {"ZUNION <0 {z}|2 {z}|abc {z}|1 {z} WEIGHTS|1 {z} WEIGHTS abc>"},
    {"ZSCAN {z} 0 COUNT 1000 [MATCH {fieldpattern}]", as_is},
};

constexpr CommandForm geo[] = {
    {"GEOADD {g} [NX|XX] [CH] <{lon} {lat} {member}>*"},
    {"GEOADD {g} 13.361389 38.115556 m1 15.087269 37.502669 m2"},
    {"GEOADD {g} NX XX 1 1 a"},
    {"GEODIST {g} {member} {member} [{unit}]"},
    {"GEODIST {g} m1 m2 {unit}"},
    {"GEOHASH {g} <{member}>*"},
    {"GEOPOS {g} <{member}>*"},
    {"GEORADIUS {g} {lon} {lat} {radius} {unit} [WITHCOORD] [WITHDIST] [WITHHASH] "
     "[COUNT {count} [ANY]] [ASC|DESC]"},
    {"GEORADIUS {g} {lon} {lat} {radius} km <STORE {g}|STOREDIST {z}|WITHDIST STORE {g}>"},
    {"GEORADIUS_RO {g} {lon} {lat} {radius} km [WITHDIST|STORE {g}]"},
    {"GEORADIUSBYMEMBER {g} {member} {radius} {unit} [WITHDIST] [ASC] [STOREDIST {z}]"},
    {"GEORADIUSBYMEMBER_RO {g} {member} {radius} {unit} [WITHCOORD] [DESC]"},
    {"GEOSEARCH {g} <FROMMEMBER {member}|FROMLONLAT {lon} {lat}> <BYRADIUS {radius} {unit}|BYBOX "
     "{radius} {radius} km> [ASC|DESC] [COUNT {count} [ANY]] [WITHCOORD] [WITHDIST] [WITHHASH]"},
    {"GEOSEARCH {g} <FROMMEMBER m1|BYRADIUS 1 km|FROMMEMBER m1 FROMLONLAT 1 1 BYRADIUS 1 km>"},
    {"GEOSEARCHSTORE {g} {g} FROMLONLAT {lon} {lat} BYRADIUS {radius} km [ASC] [COUNT {count}] "
     "[STOREDIST]"},
};

}  // namespace

std::span<const CommandForm> list_forms() { return lists; }
std::span<const CommandForm> hash_forms() { return hashes; }
std::span<const CommandForm> set_forms() { return sets; }
std::span<const CommandForm> sorted_set_forms() { return sorted_sets; }
std::span<const CommandForm> geo_forms() { return geo; }

}  // namespace nearcache::tests
