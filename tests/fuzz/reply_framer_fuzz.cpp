#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "backend/redis/reply_framer.hpp"
#include "resp/reply_reader.hpp"
#include "tests/fuzz/fuzzing.hpp"

// Whatever a server sends, and however it is cut into pieces, is taken for the same replies; and
// who reads such a reply value by value finds its end in the same place.

namespace nearcache::fuzz {
namespace {

using backend::redis::ReplyFramer;
using resp::ReplyReader;
using Status = ReplyFramer::Status;

struct Outcome {
    std::vector<std::size_t> sizes;
    bool has_failed = false;

    bool operator==(const Outcome&) const = default;
};

Outcome frame(std::string_view stream, Pieces pieces) {
    ReplyFramer framer;
    Outcome outcome;
    std::string pending;
    while (!stream.empty() && !outcome.has_failed) {
        const auto piece = pieces.next(stream.size());
        pending += stream.substr(0, piece);
        stream.remove_prefix(piece);
        while (!outcome.has_failed) {
            const Copy copy(pending);
            const auto status = framer.next(copy.bytes());
            outcome.has_failed = status == Status::failed;
            if (status != Status::complete) break;
            require(framer.size() > 0, "a reply takes bytes");
            require(framer.size() <= pending.size(), "no more is consumed than came");
            outcome.sizes.push_back(framer.size());
            pending.erase(0, framer.size());
        }
    }
    return outcome;
}

// Each way of reading finds the value or leaves it where it is.
void check_stays(const ReplyReader& before, ReplyReader& after) {
    auto expected = before;
    auto left = after;
    require(expected.skip() == left.skip() && expected.is_at_end() == left.is_at_end(),
            "what was not read was not moved");
}

bool read_text(ReplyReader& reader, const Copy& reply) {
    const auto before = reader;
    const auto text = reader.read_text();
    if (!text) check_stays(before, reader);
    if (text) require(reply.contains(*text), "a text lies in its reply");
    return text.has_value();
}

bool read_integer(ReplyReader& reader) {
    const auto before = reader;
    const bool is_read = reader.read_integer().has_value();
    if (!is_read) check_stays(before, reader);
    return is_read;
}

bool read_null(ReplyReader& reader) {
    const auto before = reader;
    const bool is_read = reader.read_null();
    if (!is_read) check_stays(before, reader);
    return is_read;
}

// Empty when the value is no aggregate, else how many values follow.
std::optional<std::uint64_t> read_head(ReplyReader& reader) {
    auto by_pairs = reader;
    const auto before = reader;
    const auto pairs = by_pairs.read_map();
    const auto values = reader.read_array();
    if (!values) check_stays(before, reader);
    if (pairs) require(values == 2 * *pairs, "a map is an array of keys and values in turn");
    return values;
}

void read_by_value(const Copy& reply) {
    ReplyReader reader(reply.bytes());
    for (std::uint64_t missing = 1; missing > 0; --missing) {
        if (const auto values = read_head(reader)) {
            missing += *values;
        } else if (!read_text(reader, reply) && !read_integer(reader) && !read_null(reader)) {
            require(reader.skip(), "a value that cannot be read is skipped");
        }
    }
    require(reader.is_at_end(), "read value by value, a reply ends where it ends");
}

}  // namespace
}  // namespace nearcache::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    using namespace nearcache::fuzz;
    const Run run = run_of(bytes, size);

    const auto outcome = frame(run.stream, {Pieces::Kind::whole, 0});
    require(frame(run.stream, {Pieces::Kind::single, 0}) == outcome, "byte by byte it is the same");
    require(frame(run.stream, {Pieces::Kind::random, run.seed}) == outcome,
            "in pieces it is the same");

    auto rest = run.stream;
    for (const auto reply_size : outcome.sizes) {
        const Copy reply(rest.substr(0, reply_size));
        ReplyReader reader(reply.bytes());
        require(reader.skip() && reader.is_at_end(), "what is framed as a reply is read as one");
        read_by_value(reply);
        rest.remove_prefix(reply_size);
    }
    require(!ReplyReader(Copy(rest).bytes()).skip(), "what is not framed is not read either");
    return 0;
}
