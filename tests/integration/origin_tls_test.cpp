#include <chrono>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/support/certificates.hpp"
#include "tests/support/nearcache_process.hpp"
#include "tests/support/origin_server.hpp"
#include "tests/support/temporary_directory.hpp"

namespace nearcache::tests {

namespace {

constexpr std::chrono::hours already_over{12};

// A nearcache that trusts one authority, or the system's.
struct Trusting {
    Trusting(const std::vector<std::string>& urls, const std::string& ca)
        : server(flags(urls, ca.empty() ? "" : directory.write("ca.pem", ca))) {}

    static Words flags(const std::vector<std::string>& urls, const std::string& ca_file) {
        Words words = {"--origin-allow-private", "on"};
        for (const auto& url : urls) words.insert(words.end(), {"--origin-allow", url});
        if (!ca_file.empty()) words.insert(words.end(), {"--origin-ca-file", ca_file});
        return words;
    }

    HttpResponse ask(const std::string& url) const {
        return server.http().get(origin_target(url, "origin:k"));
    }

    TemporaryDirectory directory;
    NearcacheProcess server;
};

const std::string refused = "the origin's certificate was refused\n";

}  // namespace

TEST_CASE("an origin that shows a certificate of a trusted authority for its name is asked") {
    const Authority authority;
    OriginServer origin(answering(ok_answer("secret")),
                        authority.issue({.names = "DNS:localhost,IP:127.0.0.1"}));
    const auto by_name = origin.url("/", "localhost");
    const auto by_address = origin.url("/");
    const Trusting trusting({by_name, by_address}, authority.own().certificate);

    CHECK(trusting.ask(by_name).body == "secret");
    CHECK(origin.last_server_name() == "localhost");
    CHECK(trusting.ask(by_address).body == "secret");
    CHECK(origin.last_server_name().empty());
    CHECK(origin.requests() == 2);
}

TEST_CASE("a certificate for another name, or for none, is refused before anything is asked") {
    const Authority authority;
    for (const std::string names : {"DNS:other.example", "DNS:*.localhost", "DNS:local*",
                                    "IP:127.0.0.1", "DNS:localhost.example", ""}) {
        CAPTURE(names);
        OriginServer origin(answering(ok_answer("secret")),
                            authority.issue({.names = names, .common_name = "localhost"}));
        const auto url = origin.url("/", "localhost");
        const Trusting trusting({url}, authority.own().certificate);

        const auto response = trusting.ask(url);

        CHECK(response.status == 502);
        CHECK(response.body == refused);
        CHECK(origin.requests() == 0);
    }
}

TEST_CASE("a name that spells the address is not the address") {
    const Authority authority;
    OriginServer origin(answering(ok_answer("secret")),
                        authority.issue({.names = "DNS:127.0.0.1,DNS:localhost"}));
    const Trusting trusting({origin.url()}, authority.own().certificate);

    CHECK(trusting.ask(origin.url()).body == refused);
    CHECK(origin.requests() == 0);
}

TEST_CASE("a certificate that has run out is refused") {
    const Authority authority;
    OriginServer origin(answering(ok_answer("secret")),
                        authority.issue({.names = "DNS:localhost", .life = already_over}));
    const auto url = origin.url("/", "localhost");
    const Trusting trusting({url}, authority.own().certificate);

    CHECK(trusting.ask(url).body == refused);
    CHECK(origin.requests() == 0);
}

TEST_CASE("a certificate of an authority that is not trusted is refused") {
    const Authority trusted;
    const Authority stranger;
    OriginServer origin(answering(ok_answer("secret")), stranger.issue({.names = "DNS:localhost"}));
    OriginServer self_signed(answering(ok_answer("secret")), stranger.own());
    const auto url = origin.url("/", "localhost");
    const auto self_signed_url = self_signed.url("/", "localhost");
    const Trusting by_file({url, self_signed_url}, trusted.own().certificate);
    const Trusting by_system({url, self_signed_url}, "");

    for (const auto* trusting : {&by_file, &by_system}) {
        CHECK(trusting->ask(url).body == refused);
        CHECK(trusting->ask(self_signed_url).body == refused);
    }
    CHECK(origin.requests() + self_signed.requests() == 0);
}

TEST_CASE("who does not speak TLS is no origin of https") {
    ListeningPort origin;
    const auto url = "https://127.0.0.1:" + std::to_string(origin.port()) + "/";
    const Trusting trusting({url}, "");
    auto client = trusting.server.http();

    client.send(http_request("GET", origin_target(url, "origin:k")));
    auto asking = origin.accept();
    const auto hello = asking.receive();
    asking.send("HTTP/1.1 400 Bad Request\r\n\r\n");
    const auto response = client.read_response();

    CHECK(hello.find("GET") == std::string::npos);
    CHECK(response.status == 502);
    CHECK(response.body == "no TLS connection to the origin could be made\n");
}

TEST_CASE("a body that ends with the connection must be seen to its end") {
    const Authority authority;
    const auto identity = authority.issue({.names = "DNS:localhost"});
    OriginServer polite(answering("HTTP/1.1 200 OK\r\n\r\nall of it"), identity);
    OriginServer cut(
        [](OriginServer::Guest& guest) {
            guest.reset_on_close();
            guest.say("HTTP/1.1 200 OK\r\n\r\npart of it");
        },
        identity);
    const auto polite_url = polite.url("/", "localhost");
    const auto cut_url = cut.url("/", "localhost");
    const Trusting trusting({polite_url, cut_url}, authority.own().certificate);

    CHECK(trusting.ask(polite_url).body == "all of it");
    CHECK(trusting.ask(cut_url).status == 502);
}

TEST_CASE("a file without certificates stops the start") {
    const TemporaryDirectory directory;
    const auto file = directory.write("ca.pem", "nothing of the kind\n");
    Process process({nearcache_binary(), "--origin-allow", "https://example.com",
                     "--origin-ca-file", file, "--http-listen", "127.0.0.1:0", "--resp-listen",
                     "127.0.0.1:0"});

    CHECK(process.wait() != 0);
    CHECK(process.errors().find(file) != std::string::npos);
}

}  // namespace nearcache::tests
