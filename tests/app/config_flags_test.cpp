#include "app/config_flags.hpp"

#include <doctest/doctest.h>

#include "tests/app/config_loading.hpp"

using namespace nearcache::app;
using namespace nearcache::app::test;
using namespace std::chrono_literals;
using nearcache::Endpoint;

TEST_CASE("flags of one setting apply in the order given") {
    CHECK(load({"--proxy-port", "1", "--http-listen", "a:2"}).config.http.listen ==
          Endpoint{"a", 2});
    CHECK(load({"--http-listen", "a:2", "--proxy-port", "1"}).config.http.listen ==
          Endpoint{"a", 1});
    CHECK(load({"--ttl", "1", "--threads", "2", "--ttl", "3"}).config.cache.ttl == 3s);
}

TEST_CASE("what is no flag is one line, with the nearest flag where there is one") {
    CHECK(complaint({"--tttl", "5"}) == "nearcache: unknown flag '--tttl'; did you mean '--ttl'?");
    CHECK(complaint({"--cache-ttl=5"}) ==
          "nearcache: unknown flag '--cache-ttl'; did you mean '--ttl'?");
    CHECK(complaint({"--colour-of-the-sea"}) ==
          "nearcache: unknown flag '--colour-of-the-sea'; see --help");
    CHECK(complaint({"-x"}).starts_with("nearcache: unknown flag '-x'; "));
    CHECK(complaint({"--threads", "2", "serve"}) ==
          "nearcache: unexpected 'serve'; allowed: flags, see --help");
    CHECK(complaint({"--check-config=yes"}) ==
          "nearcache: unexpected 'yes'; allowed: flags, see --help");
    CHECK(complaint({"--threads", "2", "--ttl"}) == "nearcache: --ttl: a value is missing");
    CHECK(complaint({"--ttl", "--threads"}).starts_with("nearcache: --ttl: '--threads' is not"));
    CHECK(complaint({"--ttl", "-5"}).starts_with("nearcache: --ttl: '-5' is not a duration"));
}

TEST_CASE("what is no command is one line, with the command it may have been meant to be") {
    CHECK(complaint({"serve"}) ==
          "nearcache: unknown command 'serve'; allowed: doctor, or flags alone, see --help");
    CHECK(complaint({""}) ==
          "nearcache: unknown command ''; allowed: doctor, or flags alone, see --help");
    CHECK(complaint({"docter", "--backend", "redis://h"}) ==
          "nearcache: unknown command 'docter'; did you mean 'doctor'?");
    CHECK(complaint({"--threads", "2", "doctor"}) ==
          "nearcache: 'doctor' goes before all flags: nearcache doctor [FLAG]...");
}

TEST_CASE("doctor takes the flags of backend and coherence, the file and the environment") {
    const TextFile file("coherence:\n  heartbeat: 200ms\ncache:\n  ttl: 5s\n");

    const auto loaded = load(
        {"doctor", "--backend", "redis://h:7", "--coherence-prefix=user:", "--config", file.path()},
        {{"NEARCACHE_COHERENCE_CANARY", "off"}});

    CHECK(loaded.action == Action::run_doctor);
    CHECK(loaded.config.backend.url.endpoint == Endpoint{"h", 7});
    CHECK(loaded.config.backend.tracking.prefixes == Words{"user:"});
    CHECK(loaded.config.backend.tracking.heartbeat == 200ms);
    CHECK_FALSE(loaded.config.backend.tracking.sends_canary);
    CHECK(load({"doctor", "--redis-host", "h"}).config.backend.url.endpoint.host == "h");
    CHECK(load({"doctor"}).action == Action::run_doctor);
}

TEST_CASE("what is no flag of doctor is said to be one of the server's, or of nobody") {
    CHECK(complaint({"doctor", "--ttl", "5"}) ==
          "nearcache: --ttl is no flag of doctor; allowed: those of backend and coherence, see "
          "nearcache doctor --help");
    CHECK(complaint({"doctor", "--print-config"})
              .starts_with("nearcache: --print-config is no flag of doctor"));
    CHECK(complaint({"doctor", "--backnd=x"}) ==
          "nearcache: unknown flag '--backnd'; did you mean '--backend'?");
    CHECK(complaint({"doctor", "redis://u:hunter2@h"}) ==
          "nearcache: unexpected '***@h'; allowed: flags, see nearcache doctor --help");
    CHECK(complaint({"doctor", "--backend"}) == "nearcache: --backend: a value is missing");
}

TEST_CASE("doctor has a help of its own, and the main help mentions it") {
    const auto help = load({"doctor", "--ttl", "x", "--help"});

    CHECK(help.action == Action::show_help);
    CHECK(contains(help.output, "--backend URL"));
    CHECK(contains(help.output, "--coherence-heartbeat TIME"));
    CHECK_FALSE(contains(help.output, "--http-listen"));
    CHECK(contains(load({"--help"}).output, "nearcache doctor"));
    CHECK(load({"doctor", "--version"}).action == Action::show_version);
}

TEST_CASE("a flag of a list may be given again, and all together replace the file's list") {
    const TextFile file("coherence:\n  prefixes: [old]\n");

    const auto loaded =
        load({"--coherence-prefix", "a,b", "--config", file.path(), "--coherence-prefix=c"});

    CHECK(loaded.config.cache.coherence.prefixes == Words{"a", "b", "c"});
    CHECK(origin(loaded, "coherence.prefixes") == " # flag --coherence-prefix");
    CHECK(load({"--coherence-prefix", "", "--config", file.path()})
              .config.cache.coherence.prefixes.empty());
}

TEST_CASE("brackets and braces in a flag's value mean nothing") {
    for (const std::string text : {"[a]", "{a}", "[]", "{}", "[\"a\"]"}) {
        CAPTURE(text);
        CHECK(load({"--coherence-prefix", text}).config.cache.coherence.prefixes == Words{text});
    }
}

TEST_CASE("the first of help, version, print and check that is asked for is done") {
    CHECK(load({"--check-config"}).action == Action::check_config);
    CHECK(load({"--check-config", "--print-config"}).action == Action::print_config);
    CHECK(load({"--version", "--print-config"}).action == Action::show_version);
    CHECK(load({"--help", "--version"}).action == Action::show_help);
    CHECK(load({"-h"}).action == Action::show_help);
    CHECK(load({"--banner"}).banner);
}

TEST_CASE("help and version are given in spite of a bad configuration") {
    CHECK(load({"--no-such-flag", "--help"}).action == Action::show_help);
    CHECK(load({"--version", "--ttl", "x"}, {{"TTL", "x"}}).action == Action::show_version);
}
