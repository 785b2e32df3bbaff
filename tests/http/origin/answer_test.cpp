#include "http/origin/answer.hpp"

#include <string>
#include <vector>

#include <doctest/doctest.h>

namespace nearcache::http::origin {

namespace {

constexpr AnswerReader::Limits small{.header_bytes = 512, .body_bytes = 64};

// Gives the bytes piece by piece, and then the end; the body in brackets, or the complaint.
std::string read(const std::vector<std::string_view>& pieces) {
    AnswerReader reader(small);
    std::string waiting;
    for (const auto piece : pieces) {
        waiting += piece;
        std::size_t used = 0;
        const auto state = reader.read(waiting, used);
        waiting.erase(0, used);
        if (state == AnswerReader::State::failed) return reader.complaint();
        if (state == AnswerReader::State::complete) return "[" + reader.answer().body + "]";
    }
    if (reader.end() == AnswerReader::State::failed) return reader.complaint();
    return "[" + reader.answer().body + "]";
}

std::string read(std::string_view text) { return read(std::vector<std::string_view>{text}); }

std::vector<std::string_view> bytes_of(std::string_view text) {
    std::vector<std::string_view> pieces;
    for (std::size_t i = 0; i < text.size(); ++i) pieces.push_back(text.substr(i, 1));
    return pieces;
}

struct Case {
    std::string text;
    std::string outcome;
};

const std::string ok = "HTTP/1.1 200 OK\r\n";
const std::string malformed = "the origin's answer is malformed";
const std::string early = "the origin's answer ended early";
const std::string too_large = "the origin's answer is too large";
const std::string large_head = "the head of the origin's answer is too large";
const std::string encoded = "the origin's answer is encoded, which nobody asked for";

std::vector<Case> cases() {
    return {
        {ok + "Content-Length: 3\r\n\r\nabc", "[abc]"},
        {ok + "Content-Length: 3\r\n\r\nabcdef", "[abc]"},
        {ok + "Content-Length: 0\r\n\r\n", "[]"},
        {ok + "\r\nup to the end", "[up to the end]"},
        {ok + "\r\n", "[]"},
        {"HTTP/1.0 200 OK\r\n\r\nabc", "[abc]"},
        {"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nab", "[ab]"},
        {ok + "Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1;x=y\r\nc\r\n0\r\nT: 1\r\n\r\n",
         "[abc]"},
        {ok + "Content-Encoding: identity\r\n\r\nabc", "[abc]"},
        {"HTTP/1.1 103 Early Hints\r\nCache-Control: no-store\r\n\r\n" + ok + "\r\nabc", "[abc]"},
        {"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n" + ok + "\r\n", "[]"},

        {ok + "Content-Length: 3\r\n\r\nab", early},
        {ok + "Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n", early},
        {ok + "Transfer-Encoding: chunked\r\n\r\n2\r\na", early},
        {ok + "Content-Len", early},
        {"HTTP/1.1 100 Continue\r\n\r\n", early},
        {"", early},

        {ok + "Content-Length: 65\r\n\r\n", too_large},
        {ok + "Content-Length: 99999999999999\r\n\r\n", too_large},
        {ok + "\r\n" + std::string(65, 'x'), too_large},
        {ok + "Transfer-Encoding: chunked\r\n\r\n40\r\n" + std::string(64, 'x') + "\r\n1\r\nx\r\n",
         too_large},
        {ok + "Transfer-Encoding: chunked\r\n\r\nffffffff\r\nx", too_large},

        {ok + "Content-Encoding: gzip\r\nContent-Length: 1\r\n\r\nx", encoded},
        {ok + "Content-Encoding: identity, br\r\n\r\nx", encoded},
        {ok + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", encoded},

        {"HTTP/1.1 204 No Content\r\n\r\n", "the origin answered with status 204"},
        {"HTTP/1.1 206 Partial Content\r\nContent-Length: 1\r\n\r\nx",
         "the origin answered with status 206"},
        {"HTTP/1.1 301 Moved\r\nLocation: http://127.0.0.1/\r\n\r\n",
         "the origin answered with status 301"},
        {"HTTP/1.1 302 Found\r\nContent-Length: 5\r\n\r\nhello",
         "the origin answered with status 302"},
        {"HTTP/1.1 304 Not Modified\r\n\r\n", "the origin answered with status 304"},
        {"HTTP/1.1 404 Not Found\r\n\r\n", "the origin answered with status 404"},
        {"HTTP/1.1 500 Oh\r\n\r\n", "the origin answered with status 500"},
        {"HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n", "the origin answered with status 101"},

        {"HTTP/2.0 200 OK\r\n\r\n", malformed},
        {"SSH-2.0-OpenSSH_9.2\r\n", malformed},
        {"+PONG\r\n", malformed},
        {"HTTP/1.1 20 OK\r\n\r\n", malformed},
        {ok + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab", malformed},
        {ok + "Content-Length: -1\r\n\r\nab", malformed},
        {ok + "No colon\r\n\r\n", malformed},
        {ok + "Transfer-Encoding: chunked\r\n\r\nxyz\r\n", malformed},

        {ok + "X: " + std::string(600, 'x') + "\r\n\r\n", large_head},
        {"HTTP/1.1 200 " + std::string(600, 'x') + "\r\n\r\n", large_head},
        {ok + "X: " + std::string(600, 'x'), large_head},
    };
}

}  // namespace

TEST_CASE("an origin's answer is read, or it is said what is wrong with it") {
    for (const auto& [text, outcome] : cases()) {
        CAPTURE(text);
        CHECK(read(text) == outcome);
    }
}

TEST_CASE("an answer is read the same however its bytes come") {
    for (const auto& [text, outcome] : cases()) {
        CAPTURE(text);
        for (std::size_t cut = 1; cut < text.size(); ++cut) {
            CAPTURE(cut);
            CHECK(read({std::string_view(text).substr(0, cut),
                        std::string_view(text).substr(cut)}) == outcome);
        }
        CHECK(read(bytes_of(text)) == outcome);
    }
}

TEST_CASE("interim answers without an end come to nothing") {
    std::string text;
    for (int i = 0; i < 100; ++i) text += "HTTP/1.1 100 Continue\r\n\r\n";

    CHECK(read(text) == large_head);
    CHECK(read(bytes_of(text)) == large_head);
}

TEST_CASE("the line of a chunk cannot grow without an end") {
    const auto text = ok + "Transfer-Encoding: chunked\r\n\r\n2;" + std::string(2000, 'x');

    CHECK(read(bytes_of(text)) == malformed);
}

TEST_CASE("what the head says of storing is noted, and of the trailer nothing is") {
    AnswerReader reader(small);
    std::size_t used = 0;

    const auto state = reader.read(
        ok + "Cache-Control: max-age=60\r\nAge: 20\r\nTransfer-Encoding: chunked\r\n\r\n"
             "0\r\nCache-Control: no-store\r\n\r\n",
        used);

    CHECK(state == AnswerReader::State::complete);
    CHECK_FALSE(reader.answer().lifetime.is_forbidden());
    CHECK(reader.answer().lifetime.left({}) == std::chrono::seconds(40));
}

}  // namespace nearcache::http::origin
