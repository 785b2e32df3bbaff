#include "http/cors.hpp"

#include <doctest/doctest.h>

namespace nearcache::http {
namespace {

Config with_origins(std::vector<std::string> origins) {
    Config config;
    config.cors_origins = std::move(origins);
    return config;
}

Request from(std::string_view origin, std::string_view host = "cache:8080") {
    Request request;
    request.fields.origin = origin;
    request.host = host;
    return request;
}

TEST_CASE("an origin is allowed when it is in the list, or anybody is") {
    const auto some = with_origins({"https://app.example", "http://localhost:3000"});
    const auto anybody = with_origins({"*"});

    CHECK(allowed_origin(some, "http://localhost:3000") == "http://localhost:3000");
    CHECK(allowed_origin(some, "HTTPS://App.Example") == "https://app.example");
    CHECK(allowed_origin(some, "https://app.example.evil").empty());
    CHECK(allowed_origin(some, "https://app.exampl").empty());
    CHECK(allowed_origin(some, "null").empty());
    CHECK(allowed_origin(some, "").empty());
    CHECK(allowed_origin(anybody, "https://whoever") == "*");
    CHECK(allowed_origin(anybody, "").empty());
    CHECK(allowed_origin(Config{}, "https://app.example").empty());
}

TEST_CASE("a page of another origin is foreign, one of ours or of none is not") {
    const auto config = with_origins({"https://app.example"});

    CHECK(is_foreign(config, from("https://evil.example")));
    CHECK(is_foreign(config, from("null")));
    CHECK(is_foreign(config, from("http://cache:8081")));
    CHECK_FALSE(is_foreign(config, from("https://app.example")));
    CHECK_FALSE(is_foreign(config, from("http://127.0.0.1:8080", "127.0.0.1:8080")));
    CHECK_FALSE(is_foreign(config, from("https://LOCALHOST", "localhost")));
    CHECK_FALSE(is_foreign(config, from("http://[::1]:8080", "[::1]:8080")));
    CHECK_FALSE(is_foreign(config, from("")));
}

// DNS rebinding: a name that its owner has made to lead here.
TEST_CASE("a page is not ours because it calls us by its own name") {
    const Config config;

    CHECK(is_foreign(config, from("http://evil.example:8080", "evil.example:8080")));
    CHECK(is_foreign(config, from("http://1.evil.example", "1.evil.example")));
    CHECK(is_foreign(config, from("http://localhost.evil.example", "localhost.evil.example")));
    CHECK(is_foreign(config, from("ftp://127.0.0.1:8080", "127.0.0.1:8080")));
    CHECK_FALSE(is_foreign(with_origins({"http://cache:8080"}), from("http://cache:8080")));
}

TEST_CASE("a browser that names no origin says all the same whether a page of elsewhere asks") {
    auto request = from("");
    CHECK_FALSE(is_foreign(Config{}, request));

    request.fields.is_cross_site = true;

    CHECK(is_foreign(Config{}, request));
}

TEST_CASE("a preflight from an allowed origin is told what it may send") {
    const auto config = with_origins({"https://app.example"});
    auto request = from("https://app.example");
    request.fields.has_requested_method = true;
    request.fields.requested_headers = "if-match, x-own";

    const auto fields = preflight_fields(config, request);

    CHECK(fields.find("Access-Control-Allow-Methods: GET, HEAD, PUT, POST, DELETE\r\n") == 0);
    CHECK(fields.find("Access-Control-Allow-Headers: if-match, x-own\r\n") != fields.npos);
}

TEST_CASE("what is no preflight, or comes from elsewhere, is told nothing") {
    const auto config = with_origins({"https://app.example"});
    auto plain = from("https://app.example"), foreign = from("https://evil.example");
    foreign.fields.has_requested_method = true;

    CHECK(preflight_fields(config, plain).empty());
    CHECK(preflight_fields(config, foreign).empty());
}

}  // namespace
}  // namespace nearcache::http
