#include "tests/support/command_forms.hpp"

namespace nearcache::tests {

namespace {

constexpr CommandForm strings[] = {
    {"GET {s}"},
    {"GET {s}"},
    {"GET {s}"},
    {"GET {n}"},
    {"GET {b}"},
    {"GET {key}"},
    {"MGET {s} {s} {s}"},
    {"MGET <{s}|{n}|{key}>*"},
    {"MGET <{key}>* <{s}>* <{l}>*"},
    {"STRLEN <{s}|{b}|{key}>"},
    {"GETRANGE {s} {index} {index}"},
    {"GETRANGE {b} {index} {index}"},
    {"SUBSTR {s} {index} {index}"},
    {"EXISTS {s} {s}"},
    {"TTL {s}"},
    {"SET {s} {value}"},
    {"SET {s} {value}"},
    {"SET {s} {blob}"},
    {"SET {n} {integer}"},
    {"SET {s} {value} [NX|XX] [GET] [EX {seconds}|PX {ms}|EXAT {far}|PXAT {farms}|KEEPTTL]"},
    {"SET {s} {value} [EX {seconds}|PX {ms}|EXAT {far}|PXAT {farms}|KEEPTTL] [GET] [XX|NX]"},
    {"set {s} {value} [ex {seconds}|px {ms}] [get] [nx]"},
    {"SET {s} {value} <NX XX|XX NX|EX|EX {far} KEEPTTL|EX {seconds} PX {ms}|GET GET|NX "
     "GET|PERSIST>"},
    {"SET {s} {value} <EX|PX|EXAT|PXAT> {badtime}"},
    {"SETEX {s} <{seconds}|{seconds}|{badtime}> {value}"},
    {"PSETEX {s} <{ms}|{ms}|{badtime}> {value}"},
    {"SETNX {s} {value}"},
    {"GETSET {s} {value}"},
    {"GETDEL {s}"},
    {"GETEX {s} [EX {seconds}|PX {ms}|EXAT {far}|PXAT {farms}|PERSIST]"},
    {"GETEX {s} <EX {badtime}|EX {seconds} PERSIST|KEEPTTL|PERSIST PERSIST>"},
    {"MSET <{s} {value}>*"},
    {"MSET {s} {value} {s} {value} {s}"},
    {"MSETNX <{s} {value}>*"},
    {"MSETNX <{lcs} {dna}>*"},
    {"APPEND {s} {value}"},
    {"SETRANGE {s} {offset} {value}"},
    {"INCR <{n}|{n}|{s}>"},
    {"DECR <{n}|{n}|{s}>"},
    {"INCRBY <{n}|{n}|{s}> {integer}"},
    {"DECRBY <{n}|{n}|{s}> {integer}"},
    {"INCRBYFLOAT <{n}|{n}|{s}> {float}"},
    {"SET {lcs} {dna}", as_is},
    {"LCS {lcs} {lcs} [LEN|IDX] [MINMATCHLEN {count}] [WITHMATCHLEN]", as_is},
    {"LCS {l} {lcs} LEN", as_is},
};

constexpr CommandForm bits[] = {
    {"SETBIT {b} {bit} <0|1|1|2>"},
    {"SETBIT {b} {bit} 1"},
    {"GETBIT {b} {bit}"},
    {"GETBIT {s} {bit}"},
    {"BITCOUNT {b} [{index} {index} [BYTE|BIT]]"},
    {"BITCOUNT {s} <{index}|{index} {index} NIBBLE>"},
    {"BITPOS {b} <0|1|2> [{index} [{index} [BYTE|BIT]]]"},
    {"BITOP <AND|OR|XOR|NAND> {b} <{b}|{s}>*"},
    {"BITOP NOT {b} <{b}|{s}|{b} {b}>"},
    {"BITFIELD {b} <GET {bittype} {bitoffset}|SET {bittype} {bitoffset} {integer}|INCRBY {bittype} "
     "{bitoffset} {integer}|OVERFLOW <WRAP|SAT|FAIL|NONE>>*"},
    {"BITFIELD {b}"},
    {"BITFIELD_RO {b} <GET {bittype} {bitoffset}>*"},
    {"BITFIELD_RO {b} SET u8 0 1"},
    {"PFADD {p} <{member}>*"},
    {"PFADD {p}"},
    {"PFCOUNT <{p}>*"},
    {"PFMERGE {p} <{p}>*"},
    {"PFCOUNT {s}"},
};

}  // namespace

std::span<const CommandForm> string_forms() { return strings; }
std::span<const CommandForm> bit_forms() { return bits; }

}  // namespace nearcache::tests
