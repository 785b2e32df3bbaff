#include <cstdint>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <system_error>
#include <vector>

#include <doctest/doctest.h>

#include "tests/support/command_wording.hpp"
#include "tests/support/nearcache_process.hpp"
#include "tests/support/script_texts.hpp"
#include "tests/support/side_by_side.hpp"

// The same random commands go to a plain Redis and through nearcache, in front of a Redis that is
// as empty at the start, and the replies are compared byte for byte. docs/testing.md says how a run
// is repeated; docs/compatibility.md what is different on purpose, which no command here touches.
namespace nearcache::tests {

namespace {

constexpr std::size_t connections = 3;

std::uint64_t number_from(const char* variable, std::uint64_t otherwise) {
    const char* given = std::getenv(variable);
    return given == nullptr ? otherwise : std::strtoull(given, nullptr, 10);
}

// The same commands in every run, unless others are asked for.
std::uint64_t seed() {
    constexpr std::uint64_t usual = 21;
    static const auto drawn = number_from("NEARCACHE_TEST_SEED", usual);
    return drawn;
}

// Every command of a run, in the order of sending, so that a difference can be gone after by hand.
// Gone with the run, unless that has failed.
class CommandLog {
  public:
    CommandLog()
        : path_(std::filesystem::temp_directory_path() /
                ("nearcache-differential-" + std::to_string(seed()) + ".log")),
          file_(path_) {}
    ~CommandLog() {
        std::error_code ignored;
        if (is_kept_ || std::uncaught_exceptions() > 0) return;
        std::filesystem::remove(path_, ignored);
    }
    CommandLog(const CommandLog&) = delete;
    CommandLog& operator=(const CommandLog&) = delete;

    void note(const Batch& batch) {
        constexpr std::size_t printed_bytes = 2000;
        for (const auto& command : batch.commands) {
            file_ << batch.connection << "> " << printable(command.words, printed_bytes) << '\n';
        }
        file_ << '\n';
    }
    void note(const std::string& text) { file_ << "# " << text << std::endl; }

    std::string path() const { return path_.string(); }
    void keep() { is_kept_ = true; }

  private:
    bool is_kept_ = false;
    std::filesystem::path path_;
    std::ofstream file_;
};

std::string text_of(const Difference& found) {
    std::ostringstream text;
    text << "seed " << seed() << ", connection " << found.connection
         << "\n  command:  " << found.command << "\n  expected: " << found.expected
         << "\n  actual:   " << found.actual;
    return text.str();
}

std::string text_of(const Batch& batch) {
    constexpr std::size_t printed_bytes = 100;
    std::string text = "\n  in the batch:";
    for (const auto& command : batch.commands) {
        text += "\n    " + printable(command.words, printed_bytes);
    }
    return text;
}

// What only a server can tell: it is asked before the run, and left as it was.
void define_words(Vocabulary& vocabulary, std::uint16_t port) {
    TestClient client(port);
    std::vector<std::string> digests;
    for (const auto& script : script_texts()) {
        const auto reply = client.ask({"SCRIPT", "LOAD", script});
        if (!is_error(reply)) digests.push_back(tests::text_of(reply));
    }
    vocabulary.define("sha", digests);

    std::vector<std::string> dumps;
    for (const auto& words :
         {Words{"SET", "k", "restored"}, Words{"RPUSH", "k", "a", "1"}, Words{"SADD", "k", "1"},
          Words{"HSET", "k", "f1", "v"}, Words{"ZADD", "k", "1.5", "m1"},
          Words{"XADD", "k", "1-1", "f1", "v"}}) {
        client.ask({"DEL", "k"});
        client.ask(words);
        dumps.push_back(tests::text_of(client.ask({"DUMP", "k"})));
    }
    dumps.emplace_back("no dump at all");
    vocabulary.define("dump", dumps);

    // One library: of several, the order in the dump would be up to the server's hash.
    client.ask({"FUNCTION", "LOAD", library_texts().front()});
    vocabulary.define("libraries", {tests::text_of(client.ask({"FUNCTION", "DUMP"})), "nonsense"});
    for (const auto& words :
         {Words{"FLUSHALL"}, Words{"SCRIPT", "FLUSH"}, Words{"FUNCTION", "FLUSH"}}) {
        client.ask(words);
    }
}

// Runs until enough commands have been sent or enough differences found; tells of those.
class Run {
  public:
    explicit Run(SideBySide::Ports ports) : servers_(ports, connections) {
        define_words(generator_.vocabulary(), ports.reference);
    }

    std::vector<std::string> differences(std::size_t commands) {
        static const auto most = number_from("NEARCACHE_TEST_DIFFERENCES", 1);
        std::size_t sent = 0;
        std::vector<std::string> found;
        while (sent < commands && found.size() < most) {
            const auto round = generator_.next();
            sent += round.batch.commands.size();
            log_.note(round.batch);
            if (round.feeder) log_.note(*round.feeder);
            if (const auto difference = servers_.play(round)) {
                found.push_back(text_of(*difference) + text_of(round.batch));
                log_.note(found.back() + "\n# both start over");
                start_over();
            }
            note_state(round);
        }
        MESSAGE(sent << " commands, seed " << seed());
        return found;
    }

    void expect_none(std::size_t commands) {
        INFO("seed ", seed(), ", all commands that were sent: ", log_.path());
        std::string all;
        for (const auto& text : differences(commands)) all += "\n" + text;
        if (!all.empty()) log_.keep();
        CHECK_MESSAGE(all.empty(), all);
    }

  private:
    void start_over() {
        servers_.start_over();
        for (std::size_t i = 0; i < connections; ++i) generator_.note_new_connection(i);
    }

    void note_state(const Round& round) {
        const auto connection = round.batch.connection;
        if (round.batch.ends_connection) generator_.note_new_connection(connection);
        generator_.note_transaction(connection, servers_.is_in_transaction(connection));
    }

    CommandLog log_;
    CommandGenerator generator_{seed(), connections};
    SideBySide servers_;
};

std::size_t command_count(std::size_t usual) {
    return number_from("NEARCACHE_TEST_COMMANDS", scaled(usual));
}

// Other versions answer other things, and leave other things to chance; 8.0.2 does not survive
// FUNCTION FLUSH.
bool is_the_reference(const RealRedis& redis) {
    const auto about = tests::text_of(redis.command({"INFO", "server"}));
    const bool is_it = about.find("redis_version:7.0.") != std::string::npos;
    if (!is_it) MESSAGE("left out: this redis-server is not 7.0");
    return is_it;
}

}  // namespace

TEST_CASE("fifty thousand random commands are answered as Redis answers them, byte for byte") {
    RealRedis plain;
    if (!is_the_reference(plain)) return;
    ProxiedRedis servers;
    Run run({plain.port(), servers.proxy.resp_port()});

    run.expect_none(command_count(50'000));
}

TEST_CASE("the comparison leaves nothing to chance: two servers of a kind do not differ") {
    RealRedis one;
    if (!is_the_reference(one)) return;
    RealRedis other;
    Run run({one.port(), other.port()});

    run.expect_none(command_count(5'000));
}

TEST_CASE("the comparison finds what differs: a server that lacks one command") {
    RealRedis one;
    if (!is_the_reference(one)) return;
    RealRedis other({"--rename-command", "LINSERT", ""});
    Run run({one.port(), other.port()});

    CHECK_FALSE(run.differences(20'000).empty());
}

}  // namespace nearcache::tests
