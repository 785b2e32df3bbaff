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
    CHECK(complaint({"serve"}) == "nearcache: unexpected 'serve'; allowed: flags, see --help");
    CHECK(complaint({""}) == "nearcache: unexpected ''; allowed: flags, see --help");
    CHECK(complaint({"--check-config=yes"}) ==
          "nearcache: unexpected 'yes'; allowed: flags, see --help");
    CHECK(complaint({"--threads", "2", "--ttl"}) == "nearcache: --ttl: a value is missing");
    CHECK(complaint({"--ttl", "--threads"}).starts_with("nearcache: --ttl: '--threads' is not"));
    CHECK(complaint({"--ttl", "-5"}).starts_with("nearcache: --ttl: '-5' is not a duration"));
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
