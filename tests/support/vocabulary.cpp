#include "tests/support/vocabulary.hpp"

#include <algorithm>
#include <array>
#include <sstream>
#include <stdexcept>
#include <utility>

#include "tests/support/script_texts.hpp"

namespace nearcache::tests {

namespace {

struct WordList {
    const char* name;
    const char* words;  // between blanks; '' is the empty word
};

// Keys by the type that they usually hold.
constexpr WordList keys[] = {
    {"s", "s1 s2 s3 s4 s5 s6"}, {"n", "n1 n2 n3"}, {"b", "b1 b2"},    {"l", "l1 l2 l3 l4"},
    {"h", "h1 h2 h3 h4"},       {"t", "t1 t2 t3"}, {"z", "z1 z2 z3"}, {"g", "g1 g2"},
    {"x", "x1 x2 x3"},          {"p", "p1 p2 p3"},
};

constexpr WordList lists[] = {
    // Only short strings are ever stored at these: LCS costs the product of two lengths.
    {"lcs", "lcs1 lcs2 lcs3"},
    // Only scores of 0: of others what lies between two members is up to a skip list's levels.
    {"y", "y1 y2 y3"},
    {"dna", "ohmytext mynewtext GATTACA AGCATGTA '' a text"},
    {"field", "f1 f2 f3 f4 f5 f6 f7 f8 f1 f2 f3 ''"},
    {"member", "m1 m2 m3 m4 m5 m6 m7 m8 1 2 3 4 5 -7 ''"},
    {"number", "1 2 3 4 5 6 7 100 -7 65536 4294967296"},
    {"integer",
     "0 1 2 3 5 -1 -5 10 100 12345 1 2 3 9223372036854775807 -9223372036854775808 "
     "9223372036854775808 1.5 abc"},
    {"float", "0 1 1.5 -2.25 3e2 0.1 100 -7 3.0e-2 inf -inf nan 1e300 abc"},
    {"index", "0 1 2 3 5 -1 -2 -3 -5 0 -1 100 -100 9223372036854775807"},
    {"offset", "0 1 2 5 20 100 5000 -1 536870912"},
    {"bit", "0 1 2 7 8 9 31 64 100 1000 99999 -1 4294967296"},
    {"bittype", "u1 u4 u8 u16 u63 i1 i5 i8 i16 i32 i64 u64 i65 x8"},
    {"bitoffset", "0 1 3 8 #0 #1 #3 100 -1 #-1 abc"},
    {"count", "1 2 3 5 10 0 1 2 3 100"},
    {"signed", "1 2 3 -1 -2 0 10 -10"},
    {"score", "0 1 1.5 2 2.5 3 -1 -2.5 10 inf -inf 1e10 0.1 2 3"},
    {"bound", "0 1 1.5 2 3 -1 10 (1 (2.5 (0 -inf +inf (inf abc"},
    {"lex", "- + [a (m1 [m1 [m5 (m7 [z [ ( m"},
    {"weight", "1 2 0 -1 0.5 inf"},
    {"seconds", "1000 5000 20000 100000 20000 0 -1"},
    {"ms", "1000000 5000000 20000000 100000000 0 -1"},
    {"far", "2000000000 2100000000 2500000000 4000000000 1 100"},
    {"farms", "2000000000000 2100000000123 2500000000999 4000000000000 1 100000"},
    {"badtime", "abc '' 1.5 9223372036854775807 -9223372036854775808"},
    {"timeout", "0.001 0.002 0.005 0.003"},
    {"badtimeout", "-1 abc '' 1e400 nan"},
    {"db", "0 1 2 3 0 1"},
    {"baddb", "16 -1 abc 99999999999 ''"},
    {"pattern", "* s* ?1 s[12] [^s]* h*1 nothing \\* '' l* *2 k*"},
    {"fieldpattern", "* f* f[1-4] m? nothing *1"},
    {"type", "string list set zset hash stream nonsense"},
    {"id", "0 0-0 1-1 1 2-1 3-0 5-1 9-9 1-x abc $ 18446744073709551615-1"},
    {"group", "gr1 gr2 gr1 gr3"},
    {"consumer", "alice bob alice carol"},
    {"lon", "13.361389 15.087269 2.3522 -0.1276 0 180 13.4 200"},
    {"lat", "38.115556 37.502669 48.8566 51.5074 0 85 52.5 86"},
    {"radius", "1 100 200.5 1000 2000 0 5000 -1 abc"},
    {"unit", "m km ft mi km km parsec"},
    {"channel", "c1 c2 c3 pa1 pa2 pb1 nobody"},
    {"shard", "sc1 sc2"},
    {"name", "tester other a-b '' x:y"},
    {"junk", "'' abc -1 0 1.5 9223372036854775808 nan NX XX GET COUNT LIMIT WITHSCORES k*"},
    {"gt", ">"},
    {"cmd",
     "get set GET hset eval xadd object|encoding client|reply nosuch sort blpop zunionstore"},
};

std::vector<std::string> split(const char* text) {
    std::istringstream stream(text);
    std::vector<std::string> words;
    for (std::string word; stream >> word;) words.push_back(word == "''" ? std::string() : word);
    return words;
}

const std::array<std::string, 3> odd_keys{std::string(), std::string("k\r\n\0\xff{", 6),
                                          std::string("\xd0\xba key \"'\\")};

}  // namespace

Vocabulary::Vocabulary(RandomSource& random) : random_(random) {
    for (const auto& list : lists) words_[list.name] = split(list.words);
    for (const auto& list : keys) {
        keys_[list.name] = split(list.words);
        const auto& added = keys_[list.name];
        all_keys_.insert(all_keys_.end(), added.begin(), added.end());
    }
    all_keys_.insert(all_keys_.end(), odd_keys.begin(), odd_keys.end());
    words_["key"] = all_keys_;
    words_["field"].push_back(std::string("f\0\xfe\r\n", 5));
    words_["field"].emplace_back(
        "a name that no listpack takes, for it is longer than 64 bytes are");
    words_["member"].push_back(std::string("m\0\xfe\r\n", 5));
    words_["script"] = script_texts();
    words_["library"] = library_texts();
}

void Vocabulary::define(std::string name, std::vector<std::string> words) {
    words_[std::move(name)] = std::move(words);
}

std::string Vocabulary::word(std::string_view name) {
    if (name == "value") return value();
    if (name == "blob") return blob();
    if (name == "newid") return new_id();
    if (name == "id" && !random_.one_in(3)) return known_id();
    if (const auto found = keys_.find(name); found != keys_.end()) return key_of(found->first);
    const auto found = words_.find(name);
    if (found == words_.end()) throw std::out_of_range("no placeholder " + std::string(name));
    return random_.one_of(found->second);
}

// Now and then a key of any type, or all replies would be those of well-behaved clients.
std::string Vocabulary::key_of(const std::string& kind) {
    return random_.one_of(random_.one_in(12) ? all_keys_ : keys_.at(kind));
}

std::string Vocabulary::value() {
    static const auto words = split("one two three '' hello value x 1 2 3 10 -5 1.5 3.0e3 a,b 007");
    if (random_.one_in(40)) return blob();
    if (random_.one_in(6)) return random_.bytes(random_.below(200));
    if (random_.one_in(8)) return "hello world\r\n$5\r\n";
    return random_.one_of(words);
}

// Larger than the buffers on the way, one in three; 100 KB at most.
std::string Vocabulary::blob() {
    const auto size = random_.one_in(3) ? random_.below(100 * 1024) : random_.below(5 * 1024);
    // Half of it repeats itself, or no two of them would have anything in common.
    return random_.one_in(2) ? std::string(size, 'x') : random_.bytes(size);
}

std::string Vocabulary::new_id() {
    last_id_ += random_.below(3);
    const auto milliseconds = std::to_string(++last_id_);
    if (random_.one_in(4)) return milliseconds + "-*";
    ids_.push_back(milliseconds + "-" + std::to_string(random_.below(3)));
    return ids_.back();
}

std::string Vocabulary::known_id() {
    constexpr std::size_t remembered = 12;
    const auto back = random_.below(std::min(remembered, ids_.size()));
    return ids_[ids_.size() - 1 - back];
}

}  // namespace nearcache::tests
