#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "tests/support/nearcache_process.hpp"
#include "tests/support/server_info.hpp"
#include "tests/support/speaker.hpp"

namespace nearcache::tests {

namespace {

// The names of the fields and of the sections ("# Server"), in their order.
Words names_in(std::string_view info) {
    Words names;
    while (!info.empty()) {
        const auto line = info.substr(0, info.find("\r\n"));
        info.remove_prefix(std::min(info.size(), line.size() + 2));
        const auto name = line.starts_with('#') ? line : line.substr(0, line.find(':'));
        if (!name.empty()) names.emplace_back(name);
    }
    return names;
}

std::string field_of(const std::string& info, const std::string& name) {
    const auto label = "\n" + name + ":";
    const auto at = info.find(label);
    if (at == info.npos) return "(none)";
    const auto begin = at + label.size();
    return info.substr(begin, info.find("\r\n", begin) - begin);
}

}  // namespace

TEST_CASE("INFO is Redis's own, in its order, and then what nearcache says of itself") {
    ProxiedRedis servers;
    auto client = servers.resp();
    client.ask({"SET", "k", "v"});  // without a key there is no field of the keyspace
    const auto direct = text_of(servers.redis.command({"INFO"}));

    const auto proxied = text_of(client.ask({"INFO"}));

    auto expected = names_in(direct);
    auto seen = names_in(proxied);
    REQUIRE(seen.size() > expected.size());
    const auto ours =
        Words(seen.begin() + static_cast<std::ptrdiff_t>(expected.size()), seen.end());
    seen.resize(expected.size());
    CHECK(seen == expected);
    CHECK(ours.front() == "# Nearcache");
    CHECK(field_of(proxied, "run_id") == field_of(direct, "run_id"));
    CHECK(field_of(proxied, "nearcache_backend_reachable") == "1");
    CHECK(field_of(proxied, "nearcache_connected_clients") == "1");
}

TEST_CASE("no field of INFO is there twice, whatever it is asked for") {
    ProxiedRedis servers;
    auto client = servers.resp();

    for (const auto& words :
         std::vector<Words>{{"INFO"}, {"INFO", "everything"}, {"INFO", "all"}}) {
        const auto names = names_in(text_of(client.ask(words)));
        CHECK(std::set<std::string>(names.begin(), names.end()).size() == names.size());
    }
}

TEST_CASE("of what is Redis's alone INFO is Redis's reply") {
    ProxiedRedis servers;
    auto client = servers.resp();

    for (const auto& words : std::vector<Words>{
             {"INFO", "nosuch"}, {"INFO", "cluster"}, {"INFO", "MODULES", "Cluster"}}) {
        CHECK(client.ask(words) == servers.redis.command(words));
    }
    CHECK(field_of(text_of(client.ask({"INFO", "server"})), "process_id") ==
          field_of(text_of(servers.redis.command({"INFO", "server"})), "process_id"));
}

TEST_CASE("INFO in RESP3 is a verbatim string, by Redis, by us and by both") {
    ProxiedRedis servers;
    Speaker client(servers.proxy);
    client.ask({"HELLO", "3"});

    const auto both = client.ask({"INFO"});
    CHECK(both.starts_with('='));
    CHECK(both.find("\r\ntxt:# Server\r\n") != std::string::npos);
    CHECK(both.find("\r\n\r\n# Nearcache\r\n") != std::string::npos);
    CHECK(client.ask({"INFO", "cache"}).find("\r\ntxt:# Cache\r\n") != std::string::npos);
    CHECK(client.ask({"INFO", "nosuch"}) == "=4\r\ntxt:\r\n");
}

TEST_CASE("INFO without Redis is ours alone, and says that it is away") {
    ProxiedRedis servers;
    servers.redis.kill();
    REQUIRE(comes_to_say(servers.proxy, "nearcache_backend_reachable", "0"));

    const auto info = text_of(servers.resp().ask({"INFO"}));

    CHECK(info.starts_with("# Nearcache\r\n"));
    CHECK(field_of(info, "nearcache_backend") == servers.redis.url());
}

TEST_CASE("COMMAND is Redis's own answer, in either dialect, and told again while Redis is away") {
    ProxiedRedis servers;
    Speaker client(servers.proxy), direct(servers.redis);

    for (const std::string dialect : {"2", "3"}) {
        client.ask({"HELLO", dialect});
        direct.ask({"HELLO", dialect});
        for (const auto& words :
             std::vector<Words>{{"COMMAND", "COUNT"},
                                {"COMMAND", "INFO", "GET", "nosuch", "object"},
                                {"COMMAND", "DOCS", "xadd"},
                                {"COMMAND", "GETKEYS", "SET", "k", "v"},
                                {"COMMAND", "GETKEYS", "nosuch", "v"},
                                {"COMMAND", "GETKEYSANDFLAGS", "GET", "k"},
                                {"COMMAND", "LIST", "FILTERBY", "PATTERN", "x*"},
                                {"COMMAND", "COUNT", "more"}}) {
            CAPTURE(words[1]);
            const auto expected = direct.ask(words);
            CHECK(client.ask(words) == expected);
            CHECK(client.ask(words) == expected);
        }
    }
    const auto docs = client.ask({"COMMAND", "DOCS"});
    CHECK(docs.size() > 100'000);

    servers.redis.kill();
    CHECK(client.ask({"command", "docs"}) == docs);
}

}  // namespace nearcache::tests
