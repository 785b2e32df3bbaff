#include "http/command_batch.hpp"

#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "resp/reply_writer.hpp"

namespace nearcache::http {
namespace {

using Words = std::vector<std::string>;

CommandBatch batch_of(const std::vector<Words>& commands,
                      CommandForm form = CommandForm::pipeline) {
    CommandBatch batch;
    BatchWriter writer(batch, form, 100);
    for (const auto& words : commands) {
        writer.begin_command();
        for (const auto& word : words) {
            // A word may come in parts.
            for (const char c : word) writer.add_part({&c, 1});
            writer.end_word();
        }
        writer.end_command();
    }
    return batch;
}

std::string resp_of(const std::vector<Words>& commands) {
    std::string bytes;
    for (const auto& words : commands) resp::append_command(bytes, words);
    return bytes;
}

const std::vector<Words> lasting{
    {"SUBSCRIBE", "c"},
    {"PSubscribe", "c*"},
    {"ssubscribe", "c"},
    {"UNSUBSCRIBE"},
    {"punsubscribe"},
    {"SUNSUBSCRIBE"},
    {"MONITOR"},
    {"HELLO", "3"},
    {"RESET"},
    {"QUIT"},
    {"client", "reply", "off"},
    {"CLIENT", "Tracking", "on"},
};

TEST_CASE("what needs a connection that lasts is refused by name, and the others are kept") {
    for (const auto& words : lasting) {
        CAPTURE(words[0]);
        const auto batch = batch_of({{"GET", "a"}, words, {"GET", "b"}});

        CHECK(batch.count == 3);
        CHECK(batch.bytes == resp_of({{"GET", "a"}, {"GET", "b"}}));
        CHECK(batch.complaint.empty());
        REQUIRE(batch.refused.size() == 1);
        CHECK(batch.refused[0].place == 1);
        CHECK(batch.refused[0].why.starts_with("ERR '"));
        CHECK(
            batch.refused[0].why.ends_with("' needs a connection that lasts, which HTTP has not"));
    }
    CHECK(batch_of({{"CLIENT", "REPLY", "ON"}}).refused[0].why ==
          "ERR 'client reply' needs a connection that lasts, which HTTP has not");
}

TEST_CASE("what looks like it but is something else is not refused") {
    const std::vector<Words> commands{{"CLIENT"},           {"CLIENT", "ID"}, {"PUBLISH", "c", "m"},
                                      {"AUTH", "x"},        {"MULTI"},        {"BLPOP", "q", "0"},
                                      {"GET", "subscribe"}, {"QUITE"},        {""}};

    const auto batch = batch_of(commands);

    CHECK(batch.bytes == resp_of(commands));
    CHECK(batch.refused.empty());
}

TEST_CASE("what shows a browser to the RESP door is an unknown command") {
    const auto batch = batch_of({{"POST", "/"}, {"Host:"}});

    REQUIRE(batch.refused.size() == 2);
    CHECK(batch.refused[0].why == "ERR unknown command 'post'");
    CHECK(batch.refused[1].why == "ERR unknown command 'host:'");
    CHECK(batch.bytes.empty());
}

TEST_CASE("a transaction is executed as a whole or not at all") {
    for (const auto& words : lasting) {
        CAPTURE(words[0]);
        CHECK(batch_of({{"GET", "a"}, words}, CommandForm::transaction).complaint.ends_with("not"));
    }
    for (const std::string name : {"MULTI", "exec", "Discard", "WATCH"}) {
        const auto batch = batch_of({{"GET", "a"}, {name, "k"}}, CommandForm::transaction);
        CHECK(batch.complaint.ends_with("' has no place in /multi-exec"));
    }
    CHECK(batch_of({{"UNWATCH"}, {"GET", "exec"}}, CommandForm::transaction).complaint.empty());
}

TEST_CASE("words of all sizes have the right headers") {
    for (const std::size_t size : {0u, 1u, 9u, 10u, 99u, 100u, 12345u}) {
        const std::vector<Words> commands{{"SET", std::string(size, 'x'), "y"}, {"GET", "z"}};
        CHECK(batch_of(commands).bytes == resp_of(commands));
    }
}

}  // namespace
}  // namespace nearcache::http
