#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <benchmark/benchmark.h>

#include "backend/redis/reply_framer.hpp"
#include "resp/reply_writer.hpp"
#include "resp/request_parser.hpp"

// What a request costs before anything is done about it: items are commands or replies.

namespace {

using nearcache::backend::redis::ReplyFramer;
using nearcache::resp::append_array;
using nearcache::resp::append_bulk;
using nearcache::resp::append_command;
using nearcache::resp::Command;
using nearcache::resp::RequestParser;

constexpr std::size_t depth = 100;  // commands or replies that arrive together

std::string repeat(std::string_view bytes) {
    std::string all;
    for (std::size_t i = 0; i < depth; ++i) all += bytes;
    return all;
}

std::string command_of(const std::vector<std::string>& words) {
    std::string bytes;
    append_command(bytes, words);
    return bytes;
}

void count(benchmark::State& state, std::size_t items, std::size_t bytes) {
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(items));
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes));
}

void parse_all(benchmark::State& state, std::string_view one) {
    const std::string input = repeat(one);
    RequestParser parser;
    Command command;
    for (auto _ : state) {
        std::string_view rest = input;
        while (parser.parse(rest, command) == RequestParser::Status::complete) {
            benchmark::DoNotOptimize(command.words.data());
            rest.remove_prefix(parser.consumed());
        }
        if (!rest.empty()) state.SkipWithError("a command was not read");
    }
    count(state, depth, input.size());
}

void parse_get(benchmark::State& state) {
    parse_all(state, command_of({"GET", "key:000000000001"}));
}
BENCHMARK(parse_get);

void parse_three_words(benchmark::State& state) {
    parse_all(state, command_of({"GETRANGE", "key:000000000001", "0"}));
}
BENCHMARK(parse_three_words);

void parse_mget(benchmark::State& state) {
    std::vector<std::string> words(101, "key:000000000001");
    words.front() = "MGET";
    parse_all(state, command_of(words));
}
BENCHMARK(parse_mget);

void parse_inline(benchmark::State& state) { parse_all(state, "GET key:000000000001\r\n"); }
BENCHMARK(parse_inline);

void parse_inline_quoted(benchmark::State& state) {
    parse_all(state, "SET key:000000000001 \"some \\\"quoted\\\" words\\n\"\r\n");
}
BENCHMARK(parse_inline_quoted);

// The input grows by range(0) bytes a call, as it does when it comes from a slow network.
void parse_in_pieces(benchmark::State& state) {
    const auto piece = static_cast<std::size_t>(state.range(0));
    const std::string input = command_of({"SET", "key:000000000001", std::string(4096, 'v')});
    RequestParser parser;
    Command command;
    for (auto _ : state) {
        std::size_t size = 0;
        auto status = RequestParser::Status::need_more;
        while (status == RequestParser::Status::need_more) {
            size = std::min(size + piece, input.size());
            status = parser.parse({input.data(), size}, command);
        }
        benchmark::DoNotOptimize(command.words.data());
    }
    count(state, 1, input.size());
}
BENCHMARK(parse_in_pieces)->Arg(1)->Arg(64)->Arg(1448);

void frame_all(benchmark::State& state, std::string_view one) {
    const std::string input = repeat(one);
    ReplyFramer framer;
    for (auto _ : state) {
        std::string_view rest = input;
        while (framer.next(rest) == ReplyFramer::Status::complete) {
            rest.remove_prefix(framer.size());
        }
        // The last call found nothing, and has begun a reply that begins with the next input.
        if (!rest.empty()) state.SkipWithError("a reply was not framed");
    }
    count(state, depth, input.size());
}

void frame_bulk(benchmark::State& state) {
    std::string reply;
    append_bulk(reply, std::string(static_cast<std::size_t>(state.range(0)), 'v'));
    frame_all(state, reply);
}
BENCHMARK(frame_bulk)->Arg(8)->Arg(64)->Arg(4096);

void frame_status(benchmark::State& state) { frame_all(state, "+OK\r\n"); }
BENCHMARK(frame_status);

void frame_nested(benchmark::State& state) {
    std::string reply;
    append_array(reply, 10);
    for (int i = 0; i < 10; ++i) {
        append_array(reply, 3);
        append_bulk(reply, "field");
        append_bulk(reply, "a value of some length");
        reply += ":1234567\r\n";
    }
    frame_all(state, reply);
}
BENCHMARK(frame_nested);

}  // namespace
