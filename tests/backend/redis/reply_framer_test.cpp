#include "backend/redis/reply_framer.hpp"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

using nearcache::backend::redis::ReplyFramer;
using Status = ReplyFramer::Status;
using namespace std::string_literals;
using namespace std::string_view_literals;

namespace {

struct Outcome {
    std::vector<std::string> replies;
    bool has_failed = false;

    bool operator==(const Outcome&) const = default;
};

// A link's reading loop. Every call sees the bytes at a new address, in an allocation of exactly
// their size, so that a look too far does not go unnoticed.
class Link {
  public:
    void receive(std::string_view bytes) {
        pending_ += bytes;
        while (!outcome_.has_failed) {
            const auto moved = std::make_unique<char[]>(pending_.size());
            std::ranges::copy(pending_, moved.get());
            const Status status = framer_.next({moved.get(), pending_.size()});
            if (status == Status::need_more) break;
            outcome_.has_failed = status == Status::failed;
            if (outcome_.has_failed) break;
            outcome_.replies.push_back(pending_.substr(0, framer_.size()));
            pending_.erase(0, framer_.size());
        }
    }

    const Outcome& outcome() const { return outcome_; }
    bool is_idle() const { return pending_.empty(); }

  private:
    ReplyFramer framer_;
    std::string pending_;
    Outcome outcome_;
};

Outcome frame_in_pieces(std::string_view input, std::size_t piece) {
    Link link;
    for (; !input.empty(); input.remove_prefix(std::min(piece, input.size()))) {
        link.receive(input.substr(0, piece));
    }
    return link.outcome();
}

// What the input comes to, having checked that no way of cutting it makes a difference.
Outcome frame(std::string_view input) {
    Link whole;
    whole.receive(input);
    for (std::size_t cut = 1; cut < input.size(); ++cut) {
        CAPTURE(cut);
        Link link;
        link.receive(input.substr(0, cut));
        link.receive(input.substr(cut));
        CHECK(link.outcome() == whole.outcome());
    }
    CHECK(frame_in_pieces(input, 1) == whole.outcome());
    return whole.outcome();
}

bool is_one_reply(std::string_view reply) {
    const Outcome expected{{std::string(reply), "+next\r\n"}, false};
    return frame(std::string(reply) + "+next\r\n") == expected;
}

bool is_unfinished(std::string_view input) { return frame(input) == Outcome{}; }

bool is_refused(std::string_view input) { return frame(input) == Outcome{{}, true}; }

// Replies of every type, nested at random.
class Generator {
  public:
    explicit Generator(std::uint32_t seed) : random_(seed) {}

    std::size_t below(std::size_t limit) { return random_() % limit; }

    std::string reply(int depth = 4) {
        const std::size_t kind = below(depth > 0 ? 15 : 10);
        if (kind < 7) return "+-:_,#("s[kind] + text() + "\r\n";
        if (kind < 10) return bulk("$=!"[kind - 7]);
        return aggregate("*~>%|"[kind - 10], depth - 1);
    }

    std::string noise(std::size_t size) {
        static constexpr std::string_view alphabet = "+-:$*_,#!=(%~>|\r\n0123456789ab\0\xff"sv;
        std::string bytes;
        while (bytes.size() < size) bytes += alphabet[below(alphabet.size())];
        return bytes;
    }

  private:
    std::string text() {
        static constexpr std::string_view alphabet = "+-:$*0123456789abc \r\n\0\xff"sv;
        std::string bytes;
        for (std::size_t left = below(12); left > 0; --left) {
            const char c = alphabet[below(alphabet.size())];
            if (c != '\n' || !bytes.ends_with('\r')) bytes += c;
        }
        return bytes.ends_with('\r') ? bytes + '.' : bytes;
    }

    std::string bulk(char type) {
        if (type == '$' && below(5) == 0) return "$-1\r\n";
        const std::string bytes = noise(below(20));
        return type + std::to_string(bytes.size()) + "\r\n" + bytes + "\r\n";
    }

    std::string aggregate(char type, int depth) {
        if (type == '*' && below(8) == 0) return "*-1\r\n";
        const std::size_t count = below(4);
        std::string bytes = type + std::to_string(count) + "\r\n";
        const bool is_paired = type == '%' || type == '|';
        for (std::size_t left = is_paired ? 2 * count : count; left > 0; --left)
            bytes += reply(depth);
        return type == '|' ? bytes + reply(depth) : bytes;
    }

    std::mt19937 random_;
};

}  // namespace

TEST_CASE("a line is a reply") {
    for (const auto reply :
         {"+OK\r\n"sv, "+\r\n"sv, "-ERR no\r\n"sv, ":-12\r\n"sv, "_\r\n"sv, ",3.14\r\n"sv,
          ",inf\r\n"sv, "#t\r\n"sv, "(3492890328409238509324850943850\r\n"sv}) {
        CAPTURE(reply);
        CHECK(is_one_reply(reply));
    }
}

TEST_CASE("a line ends at CR LF, not at either of them alone") {
    CHECK(is_one_reply("+a\rb\nc\r\r\n"));
    CHECK(is_one_reply("-\n\r\n"));
    CHECK(is_unfinished("+a\r"));
    CHECK(is_unfinished("+a\n"));
}

TEST_CASE("a bulk is as long as it says, whatever is in it") {
    CHECK(is_one_reply("$5\r\nhello\r\n"));
    CHECK(is_one_reply("$0\r\n\r\n"));
    CHECK(is_one_reply("$-1\r\n"));
    CHECK(is_one_reply("$8\r\n\r\n$3\r\n\0\xff\r\n"sv));
    CHECK(is_one_reply("=15\r\ntxt:Some string\r\n"));
    CHECK(is_one_reply("!5\r\nERR x\r\n"));
    CHECK(is_one_reply("$12\r\n123456789012\r\n"));
}

TEST_CASE("an aggregate ends with its last value") {
    CHECK(is_one_reply("*0\r\n"));
    CHECK(is_one_reply("*-1\r\n"));
    CHECK(is_one_reply("*2\r\n$3\r\nfoo\r\n$-1\r\n"));
    CHECK(is_one_reply("~2\r\n:1\r\n:2\r\n"));
    CHECK(is_one_reply(">2\r\n+message\r\n+x\r\n"));
    CHECK(is_one_reply("%2\r\n+a\r\n:1\r\n+b\r\n:2\r\n"));
    CHECK(is_one_reply("%0\r\n"));
    CHECK(is_one_reply("*3\r\n*0\r\n*2\r\n*-1\r\n%1\r\n+k\r\n*1\r\n:1\r\n~0\r\n"));
}

TEST_CASE("attributes belong to the value behind them and are none themselves") {
    CHECK(is_one_reply("|1\r\n+ttl\r\n:3600\r\n:7\r\n"));
    CHECK(is_one_reply("|0\r\n:7\r\n"));
    CHECK(is_one_reply("*2\r\n|1\r\n+a\r\n+b\r\n:1\r\n|1\r\n+c\r\n*1\r\n+d\r\n:2\r\n"));
    CHECK(is_one_reply("|1\r\n|1\r\n+a\r\n+b\r\n+c\r\n+d\r\n:1\r\n"));
    CHECK(is_unfinished("|1\r\n+a\r\n+b\r\n"));
}

TEST_CASE("size counts the bytes of one reply when more have arrived") {
    ReplyFramer framer;

    CHECK(framer.next("*1\r\n:1\r\n:2\r\n") == Status::complete);
    CHECK(framer.size() == 8);
    CHECK(framer.next(":2\r\n") == Status::complete);
    CHECK(framer.size() == 4);
    CHECK(framer.next("") == Status::need_more);
}

TEST_CASE("what is no type is refused") {
    for (int byte = 0; byte < 256; ++byte) {
        const char type = static_cast<char>(byte);
        if ("+-:$*_,#!=(%~>|"sv.find(type) != std::string_view::npos) continue;
        CAPTURE(byte);
        CHECK(is_refused({&type, 1}));
    }
    CHECK(is_refused("*2\r\n:1\r\nHTTP/1.1 400\r\n"));
    CHECK(is_refused("\r\n"));
}

TEST_CASE("a length or count that is not written as Redis writes it is refused") {
    for (const char type : "$*%~>|=!"sv) {
        for (const auto number :
             {"\r\n"sv, "x\r\n"sv, "+1\r\n"sv, "01\r\n"sv, "00\r\n"sv, "-0\r\n"sv, "-2\r\n"sv,
              "-11\r\n"sv, "-\r\n"sv, "--1\r\n"sv, " 1\r\n"sv, "1 \r\n"sv, "1\n"sv, "1\rx"sv,
              "?\r\n"sv, "1.0\r\n"sv}) {
            CAPTURE(type);
            CAPTURE(number);
            CHECK(is_refused(type + std::string(number)));
        }
    }
}

TEST_CASE("only bulks and arrays can be nil") {
    for (const char type : "%~>|=!"sv) {
        CAPTURE(type);
        CHECK(is_refused(type + "-1\r\n"s));
    }
}

TEST_CASE("absurd lengths and counts are refused as soon as they are seen") {
    for (const char type : "$*%~>|=!"sv) {
        CAPTURE(type);
        CHECK(is_refused(type + "9223372036854775807\r\n"s));
        CHECK(is_refused(type + "18446744073709551617\r\n"s));
        CHECK(is_refused(type + std::string(13, '1')));
        CHECK(is_unfinished(type + std::string(12, '1')));
    }
}

TEST_CASE("counts that add up to something absurd are refused") {
    CHECK(is_unfinished("*900000000000\r\n"));
    CHECK(is_refused("%900000000000\r\n"));
    CHECK(is_refused("*900000000000\r\n*900000000000\r\n"));
}

TEST_CASE("a bulk that does not end in CR LF is refused") {
    CHECK(is_refused("$3\r\nabcde"));
    CHECK(is_refused("$3\r\nabc\rd"));
    CHECK(is_refused("$0\r\n$0\r\n"));
}

TEST_CASE("nesting of any depth is followed") {
    std::string deep;
    for (int level = 0; level < 100'000; ++level) deep += "*2\r\n:1\r\n";
    deep += "+end\r\n";
    ReplyFramer framer;

    CHECK(framer.next(deep + "+next\r\n") == Status::complete);
    CHECK(framer.size() == deep.size());
}

// What was read is not read again: otherwise these would take hours.
TEST_CASE("bytes that come one at a time are read once") {
    const std::string large = "$1000000\r\n" + std::string(1'000'000, '\r') + "\r\n";
    const std::string line = "+" + std::string(1'000'000, '\r') + "\r\n";
    std::string many = "*200000\r\n";
    for (int i = 0; i < 200'000; ++i) many += "$1\r\nx\r\n";
    ReplyFramer framer;

    for (const std::string& input : {large, line, many}) {
        std::size_t size = 1;
        while (framer.next({input.data(), size}) == Status::need_more) ++size;
        CHECK(size == input.size());
        CHECK(framer.size() == input.size());
    }
}

TEST_CASE("random replies come out as they were put in, however they are cut") {
    Generator generator(7);
    for (int round = 0; round < 3'000; ++round) {
        CAPTURE(round);
        Outcome expected;
        std::string input;
        for (std::size_t left = 1 + generator.below(5); left > 0; --left) {
            expected.replies.push_back(generator.reply());
            input += expected.replies.back();
        }

        REQUIRE(frame_in_pieces(input, input.size()) == expected);
        REQUIRE(frame_in_pieces(input, 1 + generator.below(40)) == expected);
    }
}

TEST_CASE("garbage means the same however it is cut, and is mostly refused") {
    Generator generator(11);
    int refused = 0;
    for (int round = 0; round < 20'000; ++round) {
        CAPTURE(round);
        std::string input = round % 2 == 0 ? generator.noise(40) : generator.reply();
        input[generator.below(input.size())] = generator.noise(1)[0];
        const Outcome whole = frame_in_pieces(input, input.size());

        REQUIRE(frame_in_pieces(input, 1 + generator.below(7)) == whole);
        refused += whole.has_failed ? 1 : 0;
    }
    CHECK(refused > 10'000);
}
