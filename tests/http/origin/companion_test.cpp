#include "http/origin/companion.hpp"

#include <string>

#include <doctest/doctest.h>

#include "net/tls_digest.hpp"

namespace nearcache::http::origin {

TEST_CASE("a companion says which URL gave the value, and which value") {
    const auto url = net::sha256_hex("http://h/");
    const auto other_url = net::sha256_hex("http://h/?x");
    constexpr std::uint64_t hash = 0x00ab'cdef'0123'4567;

    const auto value = companion_value(url, hash);

    CHECK(value == url + " 00abcdef01234567");
    CHECK(companion_fits(value, url, hash));
    CHECK_FALSE(companion_fits(value, url, hash + 1));
    CHECK_FALSE(companion_fits(value, other_url, hash));
    CHECK(companion_knows(value, hash));
    CHECK_FALSE(companion_knows(value, hash + 1));
    CHECK_FALSE(companion_knows("00abcdef01234567", hash));
    CHECK_FALSE(companion_knows("", hash));
}

TEST_CASE("whatever else lies under its key fits nothing") {
    const auto url = net::sha256_hex("http://h/");
    const auto value = companion_value(url, 7);

    for (std::size_t i = 0; i < value.size(); ++i) {
        CAPTURE(i);
        CHECK_FALSE(companion_fits(value.substr(0, i), url, 7));
        auto changed = value;
        changed[i] = 'x';
        CHECK_FALSE(companion_fits(changed, url, 7));
    }
    CHECK_FALSE(companion_fits(value + " ", url, 7));
}

TEST_CASE("a companion's key is told from all others by its end") {
    CHECK(companion_key("origin:a") == "origin:a#origin");
    CHECK(is_companion_key("origin:a#origin"));
    CHECK(is_companion_key("#origin"));
    CHECK_FALSE(is_companion_key("origin:a"));
    CHECK_FALSE(is_companion_key("origin:a#origin2"));
}

TEST_CASE("a companion outlives its value") {
    CHECK(companion_ttl(std::chrono::milliseconds(1)) > std::chrono::seconds(5));
}

TEST_CASE("the digest of a URL is SHA-256") {
    CHECK(net::sha256_hex("") ==
          "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    CHECK(net::sha256_hex("abc") ==
          "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

}  // namespace nearcache::http::origin
