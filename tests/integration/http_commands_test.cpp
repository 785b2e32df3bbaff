#include <csignal>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/support/nearcache_process.hpp"
#include "tests/support/server_info.hpp"
#include "tests/support/speaker.hpp"

// Commands in JSON, through the whole of nearcache and to a real Redis.
namespace nearcache::tests {

namespace {

constexpr std::string_view json_type = "Content-Type: application/json\r\n";
constexpr std::string_view in_base64 =
    "Content-Type: application/json\r\nUpstash-Encoding: base64\r\n";

HttpResponse post(HttpClient& http, std::string_view path, std::string_view body,
                  std::string_view fields = json_type) {
    return http.raw(http_request("POST", path, fields, body));
}

// The body of an answer, without its line feed; with its status unless that is 200.
std::string answer(HttpClient& http, std::string_view path, std::string_view body,
                   std::string_view fields = json_type) {
    const auto response = post(http, path, body, fields);
    CHECK(response.header("Content-Type") == "application/json");
    CHECK(response.header("Cache-Control") == "no-cache");
    CHECK(response.body.ends_with('\n'));
    const auto text = response.body.substr(0, response.body.size() - 1);
    return response.status == 200 ? text : std::to_string(response.status) + " " + text;
}

// Redis 7.0 and later say it with a period, others without.
bool is_abort(std::string_view text) {
    return text.starts_with("400 {\"error\":\"EXECABORT Transaction discarded because of: ERR ");
}

}  // namespace

TEST_CASE("a command in JSON has its result or its error in JSON") {
    ProxiedRedis servers;
    auto http = servers.http();

    CHECK(answer(http, "/", R"(["SET","k","v"])") == R"({"result":"OK"})");
    CHECK(answer(http, "/", R"(["GET","k"])") == R"({"result":"v"})");
    CHECK(answer(http, "/", R"(["get","none"])") == R"({"result":null})");
    CHECK(answer(http, "/", R"(["INCRBY","n",9007199254740993])") ==
          R"({"result":"9007199254740993"})");
    CHECK(servers.redis.command({"GET", "n"}) == bulk("9007199254740993"));
    CHECK(answer(http, "/", R"(["SET","f",1.50,"EX",true])") ==
          R"(400 {"error":"ERR value is not an integer or out of range"})");
    CHECK(answer(http, "/", R"(["RPUSH","l",1.50,true,"a\u0000b","ä"])") == R"({"result":4})");
    CHECK(answer(http, "/", R"(["LRANGE","l",0,-1])") ==
          R"({"result":["1.50","true","a\u0000b","ä"]})");
    CHECK(answer(http, "/", R"(["GET","l"])") ==
          "400 {\"error\":\"WRONGTYPE Operation against a key holding the wrong kind of value\"}");
    CHECK(answer(http, "/", R"(["EVAL","return {1,{'a',false},redis.error_reply('ERR x')}",0])") ==
          R"({"result":[1,["a",null],{"error":"ERR x"}]})");
    CHECK(answer(http, "/", R"(["TYPE","l"])") == R"({"result":"list"})");
    CHECK(answer(http, "/", R"(["PING"])") == R"({"result":"PONG"})");
    CHECK(answer(http, "/", R"(["NOSUCH","a"])")
              .starts_with(R"(400 {"error":"ERR unknown command 'NOSUCH')"));
}

TEST_CASE("bytes that are no text come back whole, as what they are or in base64") {
    ProxiedRedis servers;
    auto http = servers.http();
    servers.redis.command({"SET", "k", std::string("\xff\0", 2)});

    CHECK(answer(http, "/", R"(["GET","k"])") == R"({"result":{"base64":"/wA="}})");
    CHECK(answer(http, "/", R"(["GET","k"])", in_base64) == R"({"result":"/wA="})");
    CHECK(answer(http, "/", R"(["SET","k","OK"])", in_base64) == R"({"result":"OK"})");
    CHECK(answer(http, "/", R"(["MGET","k","none"])", in_base64) == R"({"result":["T0s=",null]})");
    CHECK(answer(http, "/", R"(["INCR","k"])", in_base64).starts_with(R"(400 {"error":"ERR )"));
}

TEST_CASE("a pipeline is answered in order, and reads its own writes") {
    ProxiedRedis servers;
    auto http = servers.http();
    CHECK(http.put("/k", "old").status == 201);
    CHECK(http.get("/k").body == "old");

    CHECK(answer(http, "/pipeline",
                 R"([["GET","k"],["SET","k","new"],["GET","k"],["LPOP","k"],["MONITOR"],)"
                 R"(["DEL","k"],["GET","k"],["EXISTS","k"]])") ==
          R"([{"result":"old"},{"result":"OK"},{"result":"new"},)"
          R"({"error":"WRONGTYPE Operation against a key holding the wrong kind of value"},)"
          R"({"error":"ERR 'monitor' needs a connection that lasts, which HTTP has not"},)"
          R"({"result":1},{"result":null},{"result":0}])");
    CHECK(http.get("/k").status == 404);
}

TEST_CASE("a pipeline of a thousand commands has a thousand answers in order") {
    ProxiedRedis servers;
    auto http = servers.http();
    std::string body = "[", expected = "[";
    for (int i = 0; i < 1000; ++i) {
        const auto number = std::to_string(i);
        const auto key = "k" + std::to_string(i % 7);
        body += i == 0 ? "" : ",";
        expected += i == 0 ? "" : ",";
        body += "[\"SET\",\"" + key + "\"," + number + "],[\"GET\",\"" + key + "\"]";
        expected += "{\"result\":\"OK\"},{\"result\":\"" + number + "\"}";
    }

    CHECK(answer(http, "/pipeline", body + "]") == expected + "]");
    CHECK(answer(http, "/pipeline", "[]") == "[]");
}

TEST_CASE("what is read is cached for everybody, and a hit asks Redis for nothing") {
    ProxiedRedis servers({"--coherence", "ttl"});
    auto http = servers.http();
    servers.redis.command({"SET", "k", "v"});
    servers.redis.reset_counts();

    for (int i = 0; i < 50; ++i) CHECK(answer(http, "/", R"(["GET","k"])") == R"({"result":"v"})");
    CHECK(http.get("/k").header("X-Cache") == "HIT");
    CHECK(servers.resp().ask({"GET", "k"}) == bulk("v"));

    CHECK(servers.redis.count_of("get") == 1);
}

TEST_CASE("a write is seen by all readers of both doors once it is answered") {
    ProxiedRedis servers;
    auto writer = servers.http(), reader = servers.http();
    auto resp = servers.resp();

    for (int i = 0; i < 200; ++i) {
        const auto value = std::to_string(i);
        CHECK(answer(writer, "/", "[\"SET\",\"k\",\"" + value + "\"]") == R"({"result":"OK"})");
        CHECK(reader.get("/k").body == value);
        CHECK(resp.ask({"GET", "k"}) == bulk(value));
    }
}

TEST_CASE("a transaction takes effect as a whole, with the outcome of each command") {
    ProxiedRedis servers;
    auto http = servers.http();
    CHECK(http.put("/k", "cached").status == 201);
    CHECK(http.get("/k").body == "cached");

    CHECK(answer(http, "/multi-exec", R"([["SET","k",1],["INCR","k"],["LPOP","k"],["GET","k"]])") ==
          R"([{"result":"OK"},{"result":2},)"
          R"({"error":"WRONGTYPE Operation against a key holding the wrong kind of value"},)"
          R"({"result":"2"}])");
    CHECK(http.get("/k").body == "2");
    CHECK(answer(http, "/multi-exec", R"([["SET","k","OK"],["GET","k"]])", in_base64) ==
          R"([{"result":"OK"},{"result":"T0s="}])");
    CHECK(answer(http, "/multi-exec", "[]") == "[]");
    CHECK(comes_to_rest(servers.proxy));
}

TEST_CASE("a transaction with what is no command has no effect at all") {
    ProxiedRedis servers;
    auto http = servers.http();

    for (const auto wrong : {R"(["NOSUCH"])", R"(["GET"])", R"(["CONFIG","SET","hz",20])"}) {
        CAPTURE(wrong);
        const auto body = R"([["SET","k",1],)" + std::string(wrong) + "]";
        const auto said = answer(http, "/multi-exec", body);
        CAPTURE(said);
        CHECK((is_abort(said) || said.find("because of: NOPERM") != said.npos));
    }
    for (const auto name : {"MULTI", "EXEC", "DISCARD", "WATCH", "SUBSCRIBE"}) {
        const auto body = "[[\"SET\",\"k\",1],[\"" + std::string(name) + "\",\"k\"]]";
        CHECK(answer(http, "/multi-exec", body).starts_with("400 {\"error\":\"ERR '"));
    }
    CHECK(servers.redis.command({"EXISTS", "k"}) == integer(0));
    CHECK(comes_to_rest(servers.proxy));
}

TEST_CASE("nothing that one request leaves behind is there for the next") {
    ProxiedRedis servers;
    auto http = servers.http();

    CHECK(answer(http, "/pipeline", R"([["SELECT",1],["SET","k","one"],["GET","k"]])") ==
          R"([{"result":"OK"},{"result":"OK"},{"result":"one"}])");
    CHECK(answer(http, "/", R"(["GET","k"])") == R"({"result":null})");
    CHECK(answer(http, "/pipeline", R"([["MULTI"],["SET","k","queued"]])") ==
          R"([{"result":"OK"},{"result":"QUEUED"}])");
    CHECK(answer(http, "/", R"(["GET","k"])") == R"({"result":null})");
    CHECK(answer(http, "/pipeline", R"([["MULTI"],["SET","k","v"],["EXEC"],["GET","k"]])") ==
          R"([{"result":"OK"},{"result":"QUEUED"},{"result":["OK"]},{"result":"v"}])");
    CHECK(answer(http, "/pipeline", R"([["WATCH","k"],["CLIENT","SETNAME","x"]])") ==
          R"([{"result":"OK"},{"result":"OK"}])");
    CHECK(answer(http, "/", R"(["CLIENT","GETNAME"])") == R"({"result":null})");
    CHECK(comes_to_rest(servers.proxy));
}

TEST_CASE("what is no command is refused with a reason, and the connection goes on") {
    ProxiedRedis servers({"--http-max-pipeline", "3"});
    auto http = servers.http();

    for (const auto body : {"", "{", "\"GET\"", "{}", "[]", R"(["GET",null])", R"(["GET",["k"]])",
                            R"([["GET","k"]])", R"(["SUBSCRIBE","c"])"}) {
        CAPTURE(body);
        CHECK(answer(http, "/", body).starts_with("400 {\"error\":\"ERR "));
    }
    for (const auto body :
         {"{}", "[1]", R"(["GET","k"])", "[[]]", R"([["A"],["B"],["C"],["D"]])"}) {
        CAPTURE(body);
        CHECK(answer(http, "/pipeline", body).starts_with("400 {\"error\":\"ERR "));
        CHECK(answer(http, "/multi-exec", body).starts_with("400 {\"error\":\"ERR "));
    }
    const std::string deep = std::string(100'000, '[') + std::string(100'000, ']');
    CHECK(answer(http, "/", deep) ==
          R"(400 {"error":"ERR the body is nested deeper than http.max_json_depth"})");
    CHECK(answer(http, "/", R"(["PING"])") == R"({"result":"PONG"})");
}

TEST_CASE("administrative commands are denied here as at the other door") {
    ProxiedRedis servers;
    auto http = servers.http();

    CHECK(answer(http, "/", R"(["CONFIG","SET","hz",20])").starts_with("400 {\"error\":\"NOPERM "));
    CHECK(
        answer(http, "/pipeline", R"([["SHUTDOWN"],["PING"]])").ends_with(R"({"result":"PONG"}])"));
}

TEST_CASE("with another type of content the paths of commands are keys like all others") {
    ProxiedRedis servers;
    auto http = servers.http();

    for (const std::string key : {"pipeline", "multi-exec"}) {
        CHECK(http.raw(http_request("POST", "/" + key, "Content-Type: text/plain\r\n", "[[1]]"))
                  .status == 201);
        CHECK(http.raw(http_request("POST", "/" + key, {}, "[]")).status == 204);
        CHECK(http.get("/" + key).body == "[]");
        CHECK(http.raw(http_request("PUT", "/" + key, json_type, R"([["PING"]])")).status == 204);
        CHECK(http.get("/" + key).body == R"([["PING"]])");
        CHECK(answer(http, "/" + key, R"([["GET",")" + key + "\"]]") ==
              R"([{"result":"[[\"PING\"]]"}])");
        CHECK(http.remove("/" + key).status == 204);
    }
    CHECK(answer(http, "/", R"(["PING"])", "Content-Type: APPLICATION/JSON; charset=utf-8\r\n") ==
          R"({"result":"PONG"})");
    CHECK(
        http.raw(http_request("POST", "/", "Content-Type: text/plain\r\n", R"(["PING"])")).status ==
        405);
    CHECK(http.raw(http_request("POST", "/other", json_type, R"(["PING"])")).status == 201);
}

TEST_CASE("a command that waits is answered once there is something, with others in between") {
    ProxiedRedis servers;
    auto waiting = servers.http(), other = servers.http();

    waiting.send(http_request("POST", "/", json_type, R"(["BLPOP","q",0])"));
    REQUIRE(comes_to_block(servers.redis, 1));
    CHECK_FALSE(waiting.socket().is_readable(milliseconds(0)));
    CHECK(answer(other, "/", R"(["RPUSH","q","v"])") == R"({"result":1})");

    CHECK(waiting.read_response().body == "{\"result\":[\"q\",\"v\"]}\n");
    CHECK(answer(waiting, "/", R"(["BLPOP","q",0.01])") == R"({"result":null})");
    CHECK(comes_to_rest(servers.proxy));
}

TEST_CASE("whoever leaves while its command waits leaves nobody waiting in Redis") {
    ProxiedRedis servers;
    {
        auto gone = servers.http();
        gone.send(
            http_request("POST", "/pipeline", json_type, R"([["BLPOP","q",0],["BLPOP","r",0]])"));
        REQUIRE(comes_to_block(servers.redis, 1));
    }

    CHECK(comes_to_block(servers.redis, 0));
    CHECK(comes_to_rest(servers.proxy));
    CHECK(servers.resp().ask({"RPUSH", "q", "v"}) == integer(1));
}

TEST_CASE("CLIENT LIST shows who waits over HTTP, and CLIENT KILL ends it") {
    ProxiedRedis servers;
    auto waiting = servers.http();
    waiting.send(http_request("POST", "/", json_type, R"(["BLPOP","q",0])"));
    REQUIRE(comes_to_block(servers.redis, 1));
    auto operating = servers.resp();

    const auto list = operating.ask({"CLIENT", "LIST"});
    const auto line = list.substr(0, list.find(" cmd=blpop")).rfind("id=");
    REQUIRE(line != std::string::npos);
    const auto id = list.substr(line + 3, list.find(' ', line) - line - 3);
    CHECK(operating.ask({"CLIENT", "KILL", "ID", id}) == integer(1));

    const auto ended = waiting.read_response();
    CHECK(ended.status == 503);
    CHECK(ended.body == "{\"error\":\"ERR not executed: the client was ended\"}\n");
    CHECK(answer(waiting, "/", R"(["PING"])") == R"({"result":"PONG"})");
    CHECK(comes_to_rest(servers.proxy));
}

TEST_CASE("SIGTERM answers who waits for ever over HTTP, and the process ends") {
    ProxiedRedis servers;
    auto waiting = servers.http();
    waiting.send(
        http_request("POST", "/pipeline", json_type, R"([["BLPOP","q",0],["ECHO","behind"]])"));
    REQUIRE(comes_to_block(servers.redis, 1));

    servers.proxy.process().signal(SIGTERM);

    CHECK(waiting.read_response().body ==
          "[{\"error\":\"ERR server is shutting down\"},{\"result\":\"behind\"}]\n");
    CHECK(servers.proxy.process().wait() == 0);
}

TEST_CASE("beyond the requests allowed in flight a command is a 503, and the hits are served") {
    ProxiedRedis servers(
        {"--max-connections", "2", "--coherence", "ttl", "--backend-operation-timeout", "60s"});
    auto http = servers.http();
    std::vector<HttpClient> stalled;
    for (int i = 0; i < 2; ++i) stalled.push_back(servers.http());
    CHECK(answer(http, "/", R"(["SET","here","v"])") == R"({"result":"OK"})");
    CHECK(answer(http, "/", R"(["GET","here"])") == R"({"result":"v"})");
    servers.redis.freeze();
    for (auto& one : stalled) {
        one.send(http_request("POST", "/", json_type, R"(["GET","slow"])"));
    }
    REQUIRE(comes_to_say(servers.proxy, "nearcache_requests_in_flight", "2"));

    const auto refused = post(http, "/", R"(["INCR","n"])");
    CHECK(refused.status == 503);
    CHECK(refused.header("Retry-After") == "1");
    CHECK(refused.body ==
          "{\"error\":\"ERR max number of clients reached (proxy in-flight limit)\"}\n");
    CHECK(answer(http, "/pipeline", R"([["GET","here"],["INCR","n"]])") ==
          "[{\"result\":\"v\"},{\"error\":\"ERR max number of clients reached (proxy in-flight "
          "limit)\"}]");
    CHECK(answer(http, "/multi-exec", R"([["INCR","n"]])").starts_with("503 "));

    servers.redis.thaw();
    for (auto& one : stalled) CHECK(one.read_response().body == "{\"result\":null}\n");
    CHECK(answer(http, "/", R"(["GET","n"])") == R"({"result":null})");
    CHECK(comes_to_rest(servers.proxy));
}

TEST_CASE("while Redis is away commands are a 503, and hits go on") {
    ProxiedRedis servers({"--coherence", "ttl"});
    auto http = servers.http();
    CHECK(answer(http, "/", R"(["SET","k","v"])") == R"({"result":"OK"})");
    CHECK(answer(http, "/", R"(["GET","k"])") == R"({"result":"v"})");
    servers.redis.kill();

    CHECK(eventually([&] {
        return answer(http, "/", R"(["GET","other"])") ==
               R"(503 {"error":"ERR backend unreachable"})";
    }));
    CHECK(answer(http, "/", R"(["GET","k"])") == R"({"result":"v"})");
    CHECK(answer(http, "/multi-exec", R"([["GET","k"]])")
              .starts_with(R"(503 {"error":"ERR backend)"));
    CHECK(answer(http, "/pipeline", R"([["GET","k"],["GET","x"]])") ==
          R"([{"result":"v"},{"error":"ERR backend unreachable"}])");
    CHECK(http.get("/?keys=k,x").status == 503);
    CHECK(comes_to_rest(servers.proxy));
}

TEST_CASE("results that are too long together end a pipeline, and the server lives on") {
    ProxiedRedis servers({"--http-max-body", "100kB"});
    auto http = servers.http();
    servers.redis.command({"SET", "k", std::string(40'000, 'v')});
    std::string body = "[[\"GET\",\"k\"]";
    for (int i = 0; i < 999; ++i) body += ",[\"GET\",\"k\"]";

    const auto said = answer(http, "/pipeline", body + "]");

    CHECK(said.size() < 400'000);
    CHECK(said.starts_with("[{\"result\":\"vvv"));
    CHECK(said.ends_with(
        "{\"error\":\"ERR not executed: the results before it are longer than http.max_body\"}]"));
    CHECK(answer(http, "/", R"(["PING"])") == R"({"result":"PONG"})");
}

TEST_CASE("a large value goes in and comes out, and pipelined requests keep their order") {
    ProxiedRedis servers;
    auto http = servers.http();
    const std::string value(5'000'000, 'v');

    CHECK(answer(http, "/", "[\"SET\",\"k\",\"" + value + "\"]") == R"({"result":"OK"})");
    http.send(http_request("POST", "/", json_type, R"(["GET","k"])") +
              http_request("GET", "/none") +
              http_request("POST", "/pipeline", json_type, R"([["STRLEN","k"],["PING"]])"));

    CHECK(http.read_response().body == "{\"result\":\"" + value + "\"}\n");
    CHECK(http.read_response().status == 404);
    CHECK(http.read_response().body == "[{\"result\":5000000},{\"result\":\"PONG\"}]\n");
}

}  // namespace nearcache::tests
