#include "tests/support/openapi.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "tests/support/json_schema.hpp"
#include "tests/support/nearcache_process.hpp"

using namespace nearcache::tests;

namespace {

const std::filesystem::path docs = std::filesystem::path(NEARCACHE_SOURCE_DIR) / "docs";

const OpenApi& the_document() {
    static const OpenApi document(docs / "openapi.yaml");
    return document;
}

template <class Texts>
std::string joined(const Texts& texts) {
    std::string all;
    for (const auto& text : texts) all.append(all.empty() ? "" : ", ").append(text);
    return all;
}

// What the examples suppose to be there.
void prepare(const NearcacheProcess& proxy) {
    auto client = proxy.resp();
    client.ask({"SET", "greeting", "hello"});
    client.ask({"SET", "digits", "0123456789"});
    client.ask({"RPUSH", "mylist", "a", "b"});
}

std::string with_port(std::string text, std::uint16_t port) {
    constexpr std::string_view shown = "127.0.0.1:8080";
    const auto at = text.find(shown);
    if (at != text.npos) text.replace(at, shown.size(), "127.0.0.1:" + std::to_string(port));
    return text;
}

std::string request_for(const OpenApiOperation& operation, const OpenApiExample& example) {
    auto head = operation.method + " " + example.target + " HTTP/1.1\r\nHost: test\r\n";
    head += example.headers;
    if (example.has_body) {
        head += "Content-Length: " + std::to_string(example.body.size()) + "\r\n";
    }
    return head + "\r\n" + example.body;
}

HttpResponse ask(const NearcacheProcess& proxy, const std::string& request) {
    auto client = proxy.http();
    client.send(with_port(request, proxy.http_port()));
    return client.read_response(request.starts_with("HEAD "));
}

// The first that is answered as one hopes.
const OpenApiExample& good_example(const OpenApiOperation& operation) {
    const auto found = std::ranges::find_if(
        operation.examples, [](const auto& example) { return example.status < 300; });
    if (found == operation.examples.end()) throw std::runtime_error(operation.id);
    return *found;
}

// Checks every operation's good example, changed by `twist`, to be answered so, and as declared.
void check_all(const NearcacheProcess& proxy, int status,
               const std::function<std::string(std::string)>& twist,
               const std::function<bool(const OpenApiOperation&)>& concerns = {}) {
    for (const auto& operation : the_document().operations()) {
        if (concerns && !concerns(operation)) continue;
        CAPTURE(operation.id);
        const auto request = request_for(operation, good_example(operation));
        const auto response = ask(proxy, twist(request));
        CHECK(response.status == status);
        CHECK(joined(the_document().complaints(operation, response)) == "");
    }
}

std::string as_it_is(std::string request) { return request; }

bool asks_backend(const OpenApiOperation& operation) { return operation.method != "OPTIONS"; }

std::string with_field(std::string request, const std::string& field) {
    return request.insert(request.find("\r\n") + 2, field + "\r\n");
}

std::string with_target(std::string request, const std::string& more) {
    const auto end = request.find(" HTTP/1.1");
    const auto separator = request.substr(0, end).find('?') == std::string::npos ? "?" : "&";
    return request.insert(end, separator + more);
}

// Calls visit with each map of the document, whatever it is in.
void for_each_map(const YAML::Node& node, const std::function<void(const YAML::Node&)>& visit) {
    if (node.IsMap()) {
        visit(node);
        for (const auto& member : node) for_each_map(member.second, visit);
    }
    if (node.IsSequence()) {
        for (const auto& element : node) for_each_map(element, visit);
    }
}

std::set<std::string> references() {
    std::set<std::string> all;
    for_each_map(the_document().document(), [&all](const YAML::Node& map) {
        if (map["$ref"].IsDefined()) all.insert(map["$ref"].Scalar());
    });
    return all;
}

// The methods that the document names for a path.
std::set<std::string> methods_of(std::string_view path) {
    std::set<std::string> methods;
    for (const auto& operation : the_document().operations()) {
        if (operation.path == path) methods.insert(operation.method);
    }
    return methods;
}

std::set<std::string> methods_in(const HttpResponse& response) {
    std::set<std::string> methods;
    std::istringstream field(response.header("Allow"));
    for (std::string method; field >> method;) {
        if (method.ends_with(',')) method.pop_back();
        methods.insert(method);
    }
    return methods;
}

// The statuses in the table of docs/http.md.
std::set<std::string> statuses_on_page() {
    std::set<std::string> statuses;
    std::ifstream page(docs / "http.md");
    for (std::string line; std::getline(page, line);) {
        const bool is_row = line.size() > 6 && line.starts_with("| ") && line.substr(5, 2) == " |";
        if (is_row && line[2] >= '2' && line[2] <= '5') statuses.insert(line.substr(2, 3));
    }
    return statuses;
}

HttpResponse response_of(int status, std::vector<std::pair<std::string, std::string>> headers,
                         const std::string& body) {
    HttpResponse response;
    response.status = status;
    response.headers = std::move(headers);
    response.body = body;
    return response;
}

}  // namespace

TEST_CASE("docs/openapi.yaml is OpenAPI 3.1, and its parts fit together") {
    const auto& document = the_document().document();

    CHECK(document["openapi"].Scalar().starts_with("3.1."));
    CHECK(document["info"]["title"].Scalar() == "nearcache");
    for (const auto& reference : references()) {
        CAPTURE(reference);
        CHECK_NOTHROW(resolved(document, reference));
    }
    for (const auto& kind : document["components"]) {
        if (kind.first.Scalar() == "securitySchemes") continue;
        for (const auto& component : kind.second) {
            const auto name =
                "#/components/" + kind.first.Scalar() + "/" + component.first.Scalar();
            CAPTURE(name);
            CHECK(references().contains(name));
        }
    }
}

TEST_CASE("every operation has a name of its own, examples, and what any request may meet with") {
    std::set<std::string> ids;

    for (const auto& operation : the_document().operations()) {
        CAPTURE(operation.id);
        CHECK(ids.insert(operation.id).second);
        CHECK_FALSE(operation.examples.empty());
        for (const auto* const status : {"400", "408", "413", "414", "417", "431", "503", "505"}) {
            CAPTURE(status);
            CHECK(operation.responses[status].IsDefined());
        }
        CHECK(operation.responses["401"].IsDefined() == operation.needs_token);
        for (const auto& response : operation.responses) {
            const auto declared = followed(the_document().document(), response.second);
            CHECK(declared["description"].IsDefined());
        }
    }
}

TEST_CASE("docs/openapi.yaml and docs/http.md name the same statuses") {
    std::set<std::string> declared;
    for (const auto& operation : the_document().operations()) {
        for (const auto& response : operation.responses) declared.insert(response.first.Scalar());
    }

    CHECK(joined(declared) == joined(statuses_on_page()));
}

TEST_CASE("every example of docs/openapi.yaml is answered as it says") {
    const RealRedis redis;
    const auto port = free_port();
    const auto here = "127.0.0.1:" + std::to_string(port);
    const NearcacheProcess proxy({"--backend", redis.url(), "--http-listen", here,
                                  "--http-cors-origin", "https://app.example", "--origin-allow",
                                  "http://" + here + "/", "--origin-allow-private", "on"});
    prepare(proxy);

    for (const auto& operation : the_document().operations()) {
        for (const auto& example : operation.examples) {
            CAPTURE(operation.id);
            CAPTURE(example.target);
            const auto response = ask(proxy, request_for(operation, example));
            CHECK(response.status == example.status);
            CHECK(joined(the_document().complaints(operation, response)) == "");
            if (example.answer.empty()) continue;
            CHECK(response.body.substr(0, response.body.find('\n')) == example.answer);
        }
    }
}

TEST_CASE("what is wrong with a request itself is answered as docs/openapi.yaml says") {
    const NearcacheProcess proxy({"--http-header-timeout", "100ms"});
    prepare(proxy);

    check_all(proxy, 400, [](auto request) { return with_field(request, "no colon"); });
    check_all(proxy, 408, [](auto request) { return request.substr(0, request.find("\r\n")); });
    check_all(proxy, 413, [](auto request) {
        return with_field(request.substr(0, request.find("Content-Length")),
                          "Content-Length: 99999999") +
               "\r\n";
    });
    check_all(proxy, 414,
              [](auto request) { return with_target(request, std::string(9000, 'x')); });
    check_all(proxy, 417, [](auto request) { return with_field(request, "Expect: the-worst"); });
    check_all(proxy, 431,
              [](auto request) { return with_field(request, "X: " + std::string(20'000, 'x')); });
    check_all(proxy, 505, [](auto request) {
        return request.replace(request.find("HTTP/1.1"), 8, "HTTP/2.0");
    });
}

TEST_CASE("without the token every operation that needs it answers as docs/openapi.yaml says") {
    const NearcacheProcess proxy({"--http-token", "secret"});
    prepare(proxy);
    const auto needs_token = [](const auto& operation) { return operation.needs_token; };
    const auto is_open = [](const auto& operation) { return !operation.needs_token; };

    check_all(proxy, 401, as_it_is, needs_token);
    check_all(
        proxy, 401, [](auto request) { return with_field(request, "Authorization: Bearer x"); },
        needs_token);
    check_all(proxy, 204, as_it_is, is_open);
}

TEST_CASE("who wants events is answered as docs/openapi.yaml says") {
    const NearcacheProcess proxy;
    const auto wanting_events = [](std::string request) {
        // Of two fields of a name the first would be the example's.
        const auto accept = request.find("\r\nAccept: ");
        if (accept != request.npos) {
            request.erase(accept, request.find("\r\n", accept + 2) - accept);
        }
        return request.insert(request.find("\r\n") + 2, "Accept: text/event-stream\r\n");
    };

    check_all(proxy, 501, wanting_events,
              [](const auto& operation) { return operation.method == "POST"; });
}

TEST_CASE("when Redis is away every operation answers as docs/openapi.yaml says") {
    const NearcacheProcess proxy({"--backend", "redis://127.0.0.1:" + std::to_string(free_port())});
    // Each command of a pipeline has an error of its own.
    const auto is_pipeline = [](const auto& operation) { return operation.id == "runPipeline"; };

    check_all(proxy, 503, as_it_is, [&](const auto& operation) {
        return asks_backend(operation) && !is_pipeline(operation);
    });
    check_all(proxy, 200, as_it_is, is_pipeline);
}

TEST_CASE("when Redis does not answer every operation answers as docs/openapi.yaml says") {
    RealRedis redis;
    const NearcacheProcess proxy({"--backend", redis.url(), "--backend-operation-timeout", "200ms",
                                  "--coherence", "ttl", "--threads", "1"});
    // A connection that was silent for so long is made anew.
    const auto stall = [&](std::string request) {
        redis.thaw();
        eventually([&] { return proxy.resp().ask({"INCR", "n"}).starts_with(':'); });
        redis.freeze();
        return request;
    };

    check_all(proxy, 504, stall, [](const auto& operation) {
        return asks_backend(operation) && operation.id != "runPipeline";
    });
    redis.thaw();
}

TEST_CASE("what Redis refuses is answered as docs/openapi.yaml says") {
    const RealRedis redis;
    const NearcacheProcess proxy({"--backend", redis.url(), "--coherence", "ttl"});
    const auto writes = [](const auto& operation) {
        return operation.method == "PUT" ||
               (operation.method == "POST" && operation.path == "/{key}");
    };

    redis.command({"CONFIG", "SET", "maxmemory", "1"});
    check_all(proxy, 507, as_it_is, writes);
    redis.command({"CONFIG", "SET", "maxmemory", "0"});
    redis.command({"ACL", "SETUSER", "default", "-set", "-get", "-mget"});
    check_all(proxy, 502, as_it_is, [&](const auto& operation) {
        return writes(operation) || operation.id == "readKey" || operation.id == "headKey" ||
               operation.id == "readNamedKey";
    });
}

TEST_CASE("a method that docs/openapi.yaml does not name is answered with 405, as it says") {
    const NearcacheProcess proxy;

    for (const auto* const request : {"PUT /", "DELETE /", "PATCH /", "PATCH /a", "TRACE /a",
                                      "PROPFIND /a", "PATCH /pipeline", "PATCH /proxy?key=a"}) {
        CAPTURE(request);
        const auto response =
            ask(proxy, std::string(request) + " HTTP/1.1\r\nHost: t\r\nContent-Length: 0\r\n\r\n");
        CHECK(response.status == 405);
        CHECK(joined(the_document().complaints("MethodNotAllowed", response, false)) == "");
    }
}

TEST_CASE("OPTIONS says the methods that docs/openapi.yaml names") {
    const NearcacheProcess proxy;
    const auto allowed = [&proxy](const std::string& target) {
        return joined(methods_in(ask(proxy, "OPTIONS " + target + " HTTP/1.1\r\nHost: t\r\n\r\n")));
    };

    CHECK(allowed("/") == joined(methods_of("/")));
    CHECK(allowed("/any") == joined(methods_of("/{key}")));
}

TEST_CASE("an answer that is not as declared is found out") {
    const auto& document = the_document();
    const auto& operations = document.operations();
    const auto find = [&](std::string_view id) -> const OpenApiOperation& {
        return *std::ranges::find(operations, id, &OpenApiOperation::id);
    };
    const auto& command = find("runCommand");
    const auto json = [&](const std::string& body) {
        return document.complaints(
            command,
            response_of(200, {{"Content-Type", "application/json"}, {"Cache-Control", "no-cache"}},
                        body));
    };

    CHECK(json(R"({"result":["a",1,null,[true]]})").empty());
    CHECK(json(R"({"result":{"error":"ERR"}})").empty());
    CHECK_FALSE(json(R"({"results":1})").empty());
    CHECK_FALSE(json(R"({"result":1,"more":2})").empty());
    CHECK_FALSE(json(R"([1])").empty());
    CHECK_FALSE(document.complaints(command, response_of(299, {}, "")).empty());
    CHECK_FALSE(document.complaints(find("writeKey"), response_of(204, {}, "")).empty());
    CHECK(
        document
            .complaints(find("writeKey"), response_of(204, {{"ETag", "\"0123456789abcdef\""}}, ""))
            .empty());
    CHECK_FALSE(document
                    .complaints(find("writeKey"),
                                response_of(204, {{"ETag", "W/\"0123456789abcdef\""}}, ""))
                    .empty());
    CHECK_FALSE(
        document
            .complaints(find("writeKey"),
                        response_of(204, {{"ETag", "\"0123456789abcdef\""}, {"X-New", "1"}}, ""))
            .empty());
    const auto problem = [&](const std::string& body) {
        return document.complaints(
            find("deleteKey"),
            response_of(412, {{"Content-Type", "application/problem+json"}}, body));
    };
    CHECK(problem(R"({"type":"about:blank","title":"T","status":412,"detail":"d"})").empty());
    CHECK_FALSE(
        problem(R"({"type":"about:blank","title":"T","status":"412","detail":"d"})").empty());
    CHECK_FALSE(problem(R"({"type":"about:blank","title":"T","status":412})").empty());
    CHECK_FALSE(
        document
            .complaints(find("deleteKey"), response_of(412, {{"Content-Type", "text/html"}}, "x"))
            .empty());
    CHECK_FALSE(document.complaints(find("deleteKey"), response_of(412, {}, "")).empty());
}
