#include "resp_server/dumped_value.hpp"

#include <array>
#include <cstddef>

#include "base/json_text.hpp"
#include "resp/reply_reader.hpp"

namespace nearcache::resp_server {

namespace {

using resp::ReplyReader;

bool append_element(ReplyReader& reader, std::string& out) {
    const auto text = reader.read_text();
    if (text) append_json(out, *text);
    return text.has_value();
}

// As Redis writes it, which is a number of JSON but for the infinite ones.
bool append_score(ReplyReader& reader, std::string& out) {
    const auto score = reader.read_text();
    if (!score || score->empty()) return false;
    const bool is_finite = score->find_first_not_of("0123456789+-.e") == std::string_view::npos;
    is_finite ? void(out.append(*score)) : append_json(out, *score);
    return true;
}

bool append_field(ReplyReader& reader, std::string& out) {
    if (!append_element(reader, out)) return false;
    out += ':';
    return append_element(reader, out);
}

bool append_scored(ReplyReader& reader, std::string& out) {
    out += '[';
    if (!append_element(reader, out)) return false;
    out += ',';
    if (!append_score(reader, out)) return false;
    out += ']';
    return true;
}

bool append_entry(ReplyReader& reader, std::string& out) {
    if (reader.read_array() != 2u) return false;
    out += '[';
    if (!append_element(reader, out)) return false;
    const auto count = reader.read_array();
    if (!count) return false;
    out += ",[";
    for (std::size_t i = 0; i < *count; ++i) {
        if (i != 0) out += ',';
        if (!append_element(reader, out)) return false;
    }
    out += "]]";
    return true;
}

// A type whose reply is an array: so many values of it make one element.
struct Collection {
    std::string_view type;
    std::string_view brackets;
    std::size_t parts;
    bool (*append)(ReplyReader&, std::string&);
};

constexpr std::array<Collection, 5> collections{{
    {"list", "[]", 1, append_element},
    {"set", "[]", 1, append_element},
    {"hash", "{}", 2, append_field},
    {"zset", "[]", 2, append_scored},
    {"stream", "[]", 1, append_entry},
}};

Dumped append_collection(const Collection& collection, ReplyReader& reader, std::string& out) {
    const auto count = reader.read_array();
    if (!count || *count % collection.parts != 0) return Dumped::malformed;
    if (*count == 0) return Dumped::vanished;
    out += collection.brackets.front();
    for (std::size_t i = 0; i < *count; i += collection.parts) {
        if (i != 0) out += ',';
        if (!collection.append(reader, out)) return Dumped::malformed;
    }
    out += collection.brackets.back();
    return Dumped::written;
}

Dumped append_any(std::string& out, std::string_view type, std::string_view reply) {
    ReplyReader reader(reply);
    if (type == "string") {
        if (reader.read_null()) return Dumped::vanished;
        return append_element(reader, out) ? Dumped::written : Dumped::malformed;
    }
    for (const auto& collection : collections) {
        if (collection.type == type) return append_collection(collection, reader, out);
    }
    return Dumped::malformed;
}

}  // namespace

std::vector<std::string_view> reading_of(std::string_view type, std::string_view key) {
    if (type == "string") return {"GET", key};
    if (type == "list") return {"LRANGE", key, "0", "-1"};
    if (type == "set") return {"SMEMBERS", key};
    if (type == "hash") return {"HGETALL", key};
    if (type == "zset") return {"ZRANGE", key, "0", "-1", "WITHSCORES"};
    if (type == "stream") return {"XRANGE", key, "-", "+"};
    return {};
}

Dumped append_dumped(std::string& out, std::string_view type, std::string_view reply) {
    const auto before = out.size();
    const auto dumped = append_any(out, type, reply);
    if (dumped != Dumped::written) out.resize(before);
    return dumped;
}

}  // namespace nearcache::resp_server
