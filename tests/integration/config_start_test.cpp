#include <algorithm>
#include <exception>
#include <initializer_list>
#include <sstream>
#include <string>

#include <doctest/doctest.h>

#include "tests/support/nearcache_process.hpp"

namespace nearcache::tests {

namespace {

// Runs nearcache to its end with flags and environment.
struct Run {
    explicit Run(const Words& flags, const Words& environment = {})
        : process(with_binary(flags), environment), status(process.wait()) {}

    static Words with_binary(Words flags) {
        flags.insert(flags.begin(), nearcache_binary());
        return flags;
    }

    Process process;
    int status;
};

bool is_one_line(const std::string& text) {
    return text.size() > 1 && std::ranges::count(text, '\n') == 1 && text.back() == '\n';
}

// What is left of standard error without the lines of the log.
std::string without_log(const std::string& errors) {
    std::istringstream lines(errors);
    std::string rest;
    for (std::string line; std::getline(lines, line);) {
        if (!line.starts_with("ts=")) rest += line + "\n";
    }
    return rest;
}

void check_refused(const Run& run, std::initializer_list<const char*> said) {
    const auto errors = run.process.errors();
    CAPTURE(errors);
    CHECK(run.status == 2);
    CHECK(is_one_line(errors));
    CHECK(run.process.output() == "");
    for (const char* text : said) CHECK(errors.find(text) != std::string::npos);
}

}  // namespace

TEST_CASE("a flag that makes no sense stops the start with one line and status 2") {
    check_refused(Run({"--no-such-flag"}), {"--no-such-flag"});
    check_refused(Run({"--ttl", "5 parsecs"}), {"--ttl", "5 parsecs"});
    check_refused(Run({"--http-listen", "127.0.0.1:70000"}), {"--http-listen", "70000"});
    check_refused(Run({"--cache-size", "many"}), {"--cache-size", "many"});
    check_refused(Run({"--cache-size"}), {"--cache-size"});
    check_refused(Run({"--threads", "-1"}), {"--threads"});
    check_refused(Run({"--eviction-policy", "random"}), {"--eviction-policy", "lru"});
    check_refused(Run({"--backend", "gopher://x"}), {"--backend", "gopher", "redis://"});
    check_refused(Run({"stray"}), {"stray", "doctor"});
    check_refused(Run({"--cache-rule", "ttl=5s"}), {"--cache-rule", "prefix"});
    check_refused(Run({"--coherence-prefix", "a,ab"}), {"--coherence-prefix", "'ab'", "'a'"});
    check_refused(Run({"--max-staleness", "200ms", "--coherence-heartbeat", "100ms"}),
                  {"--coherence-heartbeat", "coherence.max_staleness"});
}

TEST_CASE("an environment that makes no sense stops the start with one line and status 2") {
    check_refused(Run({}, {"TTL=soon"}), {"TTL", "soon"});
    check_refused(Run({}, {"NEARCACHE_CACHE_MAX_ENTRIES=-5"}), {"NEARCACHE_CACHE_MAX_ENTRIES"});
    check_refused(Run({}, {"REDIS_PORT=99999"}), {"REDIS_PORT", "99999"});
}

TEST_CASE("a file that makes no sense stops the start with its name and line") {
    const TemporaryDirectory directory;
    const auto parsecs = directory.write("ttl.yaml", "cache:\n  ttl: 5 parsecs\n");
    const auto unknown = directory.write("unknown.yaml", "cache:\n  max_entries: 5\n  tll: 5s\n");
    const auto port = directory.write("port.yaml", "http:\n  listen: 127.0.0.1:70000\n");
    const auto type = directory.write("type.yaml", "cache:\n  ttl:\n    - 1\n");
    const auto rule =
        directory.write("rule.yaml", "cache:\n  rules:\n    - prefix: a\n      ttl: 5 parsecs\n");
    const auto nonsense = directory.write("nonsense.yaml", "cache: {ttl: 5s\n");

    check_refused(Run({"--config", parsecs}), {"ttl.yaml:2", "cache.ttl", "5 parsecs"});
    check_refused(Run({"--config", unknown}), {"unknown.yaml:3", "cache.tll", "cache.ttl"});
    check_refused(Run({"--config", port}), {"port.yaml:2", "http.listen", "70000"});
    check_refused(Run({"--config", type}), {"type.yaml:", "cache.ttl"});
    check_refused(Run({"--config", nonsense}), {"nonsense.yaml:"});
    check_refused(Run({"--config", rule}), {"rule.yaml:4", "cache.rules", "ttl", "5 parsecs"});
    check_refused(Run({"--check-config", "--config", rule}), {"rule.yaml:4"});
    check_refused(Run({"--config", directory.path() / "absent.yaml"}), {"absent.yaml"});
    check_refused(Run({"--check-config", "--config", parsecs}), {"ttl.yaml:2"});
}

TEST_CASE("a sound configuration is only checked or printed when asked") {
    const TemporaryDirectory directory;
    const auto file = directory.write("sound.yaml", "cache:\n  max_entries: 123\n");
    const Run check({"--check-config", "--config", file});
    const Run print({"--print-config", "--config", file, "--ttl", "7s"}, {"MAX_CONN=55"});
    const Run help({"--help"});
    const Run version({"--version"});

    CHECK(check.status == 0);
    CHECK(print.status == 0);
    CHECK(print.process.output().find("max_entries: 123") != std::string::npos);
    CHECK(print.process.output().find("7s") != std::string::npos);
    CHECK(print.process.output().find("55") != std::string::npos);
    CHECK(help.status == 0);
    CHECK(help.process.output().find("--cache-size") != std::string::npos);
    CHECK(version.status == 0);
    CHECK(version.process.output().starts_with("nearcache "));
}

TEST_CASE("what --print-config prints can be loaded again") {
    const TemporaryDirectory directory;
    const Run first({"--print-config", "--cache-size", "77", "--ttl", "9s", "--cache-rule",
                     "prefix=a%2Cb,stale_if_error=1h", "--coherence-prefix", "a,c:"});
    const auto file = directory.write("printed.yaml", first.process.output());

    const Run second({"--print-config", "--config", file});

    CHECK(second.status == 0);
    CHECK(second.process.output().find("77") != std::string::npos);
    CHECK(second.process.output().find("9s") != std::string::npos);
    CHECK(second.process.output().find("\n    - {prefix: \"a%2Cb\", stale_if_error: 1h}\n") !=
          std::string::npos);
    CHECK(second.process.output().find("\n    - a\n    - \"c:\"\n") != std::string::npos);
}

TEST_CASE("the doctor's verdict is its exit status") {
    RealRedis redis;
    const auto url = "redis://127.0.0.1:" + std::to_string(redis.port());
    const auto nobody = "redis://127.0.0.1:" + std::to_string(free_port());

    const Run sound({"doctor", "--backend", url});
    const Run by_environment({"doctor"}, {"NEARCACHE_BACKEND_URL=" + url});
    const Run unreachable({"doctor", "--backend", nobody});

    CAPTURE(sound.process.output());
    CAPTURE(unreachable.process.output());
    CHECK(sound.status == 0);
    CHECK(sound.process.output().find("coherence: available") != std::string::npos);
    CHECK(by_environment.status == 0);
    CHECK(unreachable.status == 1);
    CHECK(unreachable.process.output().find("coherence: NOT available") != std::string::npos);
}

TEST_CASE("the doctor takes the flags that concern it, and no others") {
    check_refused(Run({"doctor", "--ttl", "5s"}), {"--ttl", "doctor"});
    check_refused(Run({"doctor", "--backend", "gopher://x"}), {"--backend", "gopher"});
    check_refused(Run({"doctor"}, {"NEARCACHE_COHERENCE_RETRY=soon"}), {"RETRY", "soon"});
    const Run help({"doctor", "--help"});

    CHECK(help.status == 0);
    CHECK(help.process.output().find("--coherence-prefix") != std::string::npos);
    CHECK(help.process.output().find("--http-listen") == std::string::npos);
}

TEST_CASE("the names of older proxies are understood") {
    RealRedis redis;
    redis.command({"SET", "k", "v"});
    const auto http = free_port();
    const auto resp = free_port();

    Process process(
        Run::with_binary({"--proxy-host", "127.0.0.1", "--proxy-port", std::to_string(http),
                          "--tcp-host", "127.0.0.1", "--tcp-port", std::to_string(resp),
                          "--redis-host", "127.0.0.1", "--redis-port", std::to_string(redis.port()),
                          "--cache-size", "10", "--max-connections", "10", "--ttl", "5"}));

    CHECK(eventually([&] {
        try {
            return HttpClient(http).get("/k").body == "v" &&
                   TestClient(resp).ask({"GET", "k"}) == bulk("v");
        } catch (const std::exception&) {
            return false;
        }
    }));
}

TEST_CASE("a port that is taken ends the start with one line and status 1") {
    const ListeningPort taken;
    const auto address = "127.0.0.1:" + std::to_string(taken.port());

    const Run http({"--http-listen", address, "--resp-listen", "127.0.0.1:0"});
    const Run resp({"--http-listen", "127.0.0.1:0", "--resp-listen", address});

    for (const auto* run : {&http, &resp}) {
        const auto errors = without_log(run->process.errors());
        CAPTURE(errors);
        CHECK(run->status == 1);
        CHECK(is_one_line(errors));
        CHECK(errors.find(address) != std::string::npos);
        CHECK(errors.find("Address already in use") != std::string::npos);
        CHECK(errors.find("boost") == std::string::npos);
    }
}

}  // namespace nearcache::tests
