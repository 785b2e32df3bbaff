#include "http/routes/command_routes.hpp"

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "tests/http/visitor.hpp"

namespace nearcache::http {
namespace {

using namespace std::chrono_literals;
using enum CommandForm;

// Executes nothing: the test answers.
class FakeGate final : public CommandGate {
  public:
    class Talk final : public Conversation {
      public:
        Talk(FakeGate& gate, Ground ground) : gate_(gate), ground_(std::move(ground)) {
            gate_.talk = this;
        }
        ~Talk() override { gate_.talk = nullptr; }

        bool say(std::string commands) override {
            gate_.said.push_back(std::move(commands));
            if (gate_.at_once.empty()) return false;
            replies_ = std::move(gate_.at_once.front());
            gate_.at_once.erase(gate_.at_once.begin());
            return true;
        }
        std::string take_replies() override { return std::exchange(replies_, {}); }
        void end_waiting() override { ++gate_.ended; }

        void answer(std::string replies) {
            replies_ = std::move(replies);
            ground_.on_answered();
        }

      private:
        FakeGate& gate_;
        Ground ground_;
        std::string replies_;
    };

    std::unique_ptr<Conversation> open(Ground ground) override {
        ++opened;
        lane = ground.lane;
        most_reply_bytes = ground.most_reply_bytes;
        return std::make_unique<Talk>(*this, std::move(ground));
    }
    std::optional<Errc> failure_of(std::string_view error) const noexcept override {
        if (error == "ERR down") return Errc::backend_unreachable;
        if (error == "ERR late") return Errc::backend_timeout;
        return std::nullopt;
    }

    Talk* talk = nullptr;  // the one that is going on
    std::vector<std::string> said;
    std::vector<std::string> at_once;  // replies to what is said next
    int opened = 0;
    int ended = 0;
    net::LaneId lane = 99;
    std::size_t most_reply_bytes = 0;
};

// One connection to the commands.
struct Asker {
    Asker() { house.context.commands = &gate; }

    std::string ask(CommandForm form, std::string_view body, bool wants_base64 = false) {
        Request request;
        request.method = verb::post;
        request.body = body;
        request.wants_base64 = wants_base64;
        routes.execute(form, request, asked());
        return read();
    }
    std::string get_many(std::string_view query, std::string_view cache_control = {}) {
        Request request;
        request.method = verb::get;
        read_cache_control(cache_control, request.directives);
        request.has_directives = request.directives != cache::Directives{};
        routes.get_many(query, request, asked());
        return read();
    }
    // The answer, when the gate gives these replies now.
    std::string hear(std::string replies) {
        REQUIRE(gate.talk != nullptr);
        gate.talk->answer(std::move(replies));
        return read();
    }
    Asked asked() { return {manner, house.clock.now(), &out}; }
    std::string read() {
        auto bytes = written(out);
        out.clear();
        return bytes;
    }

    House house;
    FakeGate gate;
    Manner manner;
    Output out;
    int answered_later = 0;
    Desk desk{house.context, 1, [this] { ++answered_later; }};
    CommandRoutes routes{desk};
};

constexpr std::string_view get_k = "*2\r\n$3\r\nGET\r\n$1\r\nk\r\n";
constexpr std::string_view multi = "*1\r\n$5\r\nMULTI\r\n";
constexpr std::string_view exec = "*1\r\n$4\r\nEXEC\r\n";

TEST_CASE("a command that waits is answered later, with its result as JSON that nobody keeps") {
    Asker asker;

    CHECK(asker.ask(single, R"(["GET","k"])").empty());
    CHECK(asker.routes.is_waiting());
    CHECK(asker.gate.said == std::vector<std::string>{std::string(get_k)});
    CHECK(asker.gate.lane == 1);
    CHECK(asker.gate.most_reply_bytes == asker.house.config.max_body_bytes);
    const auto answer = asker.hear("$1\r\nv\r\n");

    CHECK(asker.answered_later == 1);
    CHECK_FALSE(asker.routes.is_waiting());
    CHECK(asker.gate.talk == nullptr);
    CHECK(status_of(answer) == "200");
    CHECK(field_of(answer, "Content-Type") == "application/json");
    CHECK(field_of(answer, "Cache-Control") == "no-cache");
    CHECK(body_of(answer) == "{\"result\":\"v\"}\n");
}

TEST_CASE("a command that is known at once is answered at once, and nobody is called") {
    Asker asker;
    asker.gate.at_once = {"+OK\r\n"};

    const auto answer = asker.ask(single, R"(["SET","k","v"])");

    CHECK(body_of(answer) == "{\"result\":\"OK\"}\n");
    CHECK_FALSE(asker.routes.is_waiting());
    CHECK(asker.answered_later == 0);
}

TEST_CASE("the error of a command is a 400, one of ours has its own status, both in JSON") {
    const std::map<std::string, std::string> statuses{
        {"-WRONGTYPE a list\r\n", "400"}, {"-ERR down\r\n", "503"}, {"-ERR late\r\n", "504"}};
    for (const auto& [error, status] : statuses) {
        CAPTURE(error);
        Asker asker;
        asker.gate.at_once = {error};
        const auto answer = asker.ask(single, R"(["GET","k"])", true);

        CHECK(status_of(answer) == status);
        CHECK(field_of(answer, "Retry-After") == (status == "503" ? "1" : ""));
        CHECK(field_of(answer, "Content-Type") == "application/json");
        CHECK(body_of(answer) == "{\"error\":\"" + error.substr(1, error.size() - 3) + "\"}\n");
    }
}

TEST_CASE("a body that makes no command is refused without asking anyone") {
    Asker asker;
    for (const auto form : {single, pipeline, transaction}) {
        for (const auto body : {"", "{}", "[[]]", R"(["GET",null])", R"([["GET",[]]])"}) {
            CAPTURE(body);
            const auto answer = asker.ask(form, body);
            CHECK(status_of(answer) == "400");
            CHECK(body_of(answer).starts_with("{\"error\":\"ERR "));
        }
    }
    const auto refused = asker.ask(single, R"(["SUBSCRIBE","c"])");

    CHECK(status_of(refused) == "400");
    CHECK(body_of(refused).find("'subscribe'") != std::string::npos);
    CHECK(asker.gate.opened == 0);
}

TEST_CASE("each command of a pipeline has its outcome in its place") {
    Asker asker;

    asker.ask(pipeline, R"([["GET","k"],["MONITOR"],["LPOP","k"],["GET","k"]])");
    const auto answer = asker.hear("$1\r\nv\r\n-WRONGTYPE a list\r\n$-1\r\n");

    CHECK(status_of(answer) == "200");
    CHECK(body_of(answer) ==
          "[{\"result\":\"v\"},{\"error\":\"ERR 'monitor' needs a connection that lasts, which "
          "HTTP has not\"},{\"error\":\"WRONGTYPE a list\"},{\"result\":null}]\n");
}

TEST_CASE("an empty pipeline has no outcomes, and one of refused commands only theirs") {
    Asker asker;

    CHECK(body_of(asker.ask(pipeline, "[]")) == "[]\n");
    CHECK(body_of(asker.ask(pipeline, R"([["QUIT"]])")).starts_with("[{\"error\":\"ERR 'quit'"));
    CHECK(asker.gate.opened == 0);
}

TEST_CASE("commands of a pipeline that were not executed say so, and why") {
    Asker asker;
    asker.ask(pipeline, R"([["GET","a"],["GET","b"]])");
    CHECK(body_of(asker.hear(":1\r\n")) ==
          "[{\"result\":1},{\"error\":\"ERR not executed: the client was ended\"}]\n");

    asker.house.config.max_body_bytes = 4;
    asker.ask(pipeline, R"([["GET","a"],["GET","b"]])");
    CHECK(body_of(asker.hear(":1\r\n")) ==
          "[{\"result\":1},{\"error\":\"ERR not executed: the results before it are longer than "
          "http.max_body\"}]\n");
}

TEST_CASE("a single command that was ended is to be tried again") {
    Asker asker;
    asker.ask(single, R"(["BLPOP","q",0])");

    const auto answer = asker.hear("");

    CHECK(status_of(answer) == "503");
    CHECK(body_of(answer) == "{\"error\":\"ERR not executed: the client was ended\"}\n");
}

TEST_CASE("a transaction says nothing before it has begun, and answers what EXEC does") {
    Asker asker;

    asker.ask(transaction, R"([["GET","k"],["LPOP","k"]])");
    CHECK(asker.gate.said == std::vector<std::string>{std::string(multi)});
    CHECK(asker.hear("+OK\r\n").empty());
    CHECK(asker.routes.is_waiting());
    CHECK(asker.answered_later == 0);
    CHECK(asker.gate.said.back() ==
          std::string(get_k) + "*2\r\n$4\r\nLPOP\r\n$1\r\nk\r\n" + std::string(exec));
    const auto answer =
        asker.hear("+QUEUED\r\n+QUEUED\r\n*2\r\n$1\r\nv\r\n-WRONGTYPE not a list\r\n");

    CHECK(status_of(answer) == "200");
    CHECK(body_of(answer) == "[{\"result\":\"v\"},{\"error\":\"WRONGTYPE not a list\"}]\n");
    CHECK(asker.answered_later == 1);
    CHECK(asker.gate.opened == 1);
}

TEST_CASE("an empty transaction is one, too") {
    Asker asker;
    asker.gate.at_once = {"+OK\r\n", "*0\r\n"};

    CHECK(body_of(asker.ask(transaction, "[]")) == "[]\n");
}

TEST_CASE("a transaction that cannot begin has no effect, and says why") {
    Asker asker;
    asker.gate.at_once = {"-ERR down\r\n"};

    const auto answer = asker.ask(transaction, R"([["SET","k","v"]])");

    CHECK(status_of(answer) == "503");
    CHECK(body_of(answer) == "{\"error\":\"ERR down\"}\n");
    CHECK(asker.gate.said.size() == 1);
    CHECK_FALSE(asker.routes.is_waiting());
}

TEST_CASE("a transaction that was discarded is an error as a whole, with its cause") {
    const auto answer_to = [](const std::string& replies) {
        Asker asker;
        asker.gate.at_once = {"+OK\r\n", replies};
        return asker.ask(transaction, R"([["GET","k"],["GET"]])");
    };

    const auto aborted = answer_to(
        "+QUEUED\r\n-ERR wrong number of arguments\r\n-EXECABORT Transaction discarded because of "
        "previous errors.\r\n");
    CHECK(status_of(aborted) == "400");
    CHECK(body_of(aborted) ==
          "{\"error\":\"EXECABORT Transaction discarded because of: ERR wrong number of "
          "arguments\"}\n");
    CHECK(body_of(answer_to("+QUEUED\r\n+QUEUED\r\n*-1\r\n")) ==
          "{\"error\":\"EXECABORT Transaction discarded\"}\n");
    CHECK(status_of(answer_to("+QUEUED\r\n-ERR late\r\n-ERR late\r\n")) == "504");
    CHECK(status_of(answer_to("+QUEUED\r\n")) == "503");
}

TEST_CASE("what is asked for in base64 is answered in it") {
    Asker asker;
    asker.gate.at_once = {"$1\r\nv\r\n", "+OK\r\n$1\r\nv\r\n", "+OK\r\n",
                          "+QUEUED\r\n*1\r\n+OK\r\n"};

    CHECK(body_of(asker.ask(single, R"(["GET","k"])", true)) == "{\"result\":\"dg==\"}\n");
    CHECK(body_of(asker.ask(pipeline, R"([["SET","k",1],["GET","k"]])", true)) ==
          "[{\"result\":\"OK\"},{\"result\":\"dg==\"}]\n");
    CHECK(body_of(asker.ask(transaction, R"([["SET","k",1]])", true)) == "[{\"result\":\"OK\"}]\n");
}

TEST_CASE("several keys are asked for together, and answered as an object") {
    Asker asker;

    CHECK(asker.get_many("keys=a,b").empty());
    CHECK(asker.gate.said.back() == "*3\r\n$4\r\nMGET\r\n$1\r\na\r\n$1\r\nb\r\n");
    const auto answer = asker.hear("*2\r\n$1\r\nx\r\n$-1\r\n");

    CHECK(status_of(answer) == "200");
    CHECK(field_of(answer, "Content-Type") == "application/json");
    CHECK(field_of(answer, "Cache-Control") == "no-cache");
    CHECK(field_of(answer, "X-Cache").empty());
    CHECK(body_of(answer) == "{\"a\":\"x\",\"b\":null}\n");
    CHECK(asker.answered_later == 1);
}

TEST_CASE("a HEAD for several keys gets the head alone") {
    Asker asker;
    asker.manner.without_body = true;
    asker.gate.at_once = {"*1\r\n$1\r\nx\r\n"};

    const auto answer = asker.get_many("keys=a");

    CHECK(field_of(answer, "Content-Length") == "10");
    CHECK(body_of(answer).empty());
}

TEST_CASE("no keys have no values, and what is no list is refused") {
    Asker asker;
    asker.house.config.max_pipeline = 2;

    CHECK(body_of(asker.get_many("keys=")) == "{}\n");
    CHECK(status_of(asker.get_many("keys=%zz")) == "400");
    CHECK(status_of(asker.get_many("keys=a,b,c")) == "400");
    CHECK(asker.gate.opened == 0);
}

TEST_CASE("directives of a request for several keys mean what they mean for one") {
    Asker asker;
    asker.gate.at_once = {"$1\r\nx\r\n", "-NOTCACHED no\r\n"};

    CHECK(body_of(asker.get_many("keys=a", "max-age=1")) == "{\"a\":\"x\"}\n");
    CHECK(asker.gate.said.back() ==
          "*4\r\n$9\r\nPROXY.GET\r\n$1\r\na\r\n$6\r\nMAXAGE\r\n$4\r\n1000\r\n");
    const auto not_cached = asker.get_many("keys=a", "only-if-cached");
    CHECK(status_of(not_cached) == "504");
    CHECK(field_of(not_cached, "Cache-Status") == "nearcache; detail=only-if-cached");
    CHECK(status_of(asker.get_many("keys=a", "no-cache, only-if-cached")) == "504");
    CHECK(asker.gate.opened == 2);
}

TEST_CASE("what fails for several keys fails as for one") {
    Asker asker;
    asker.gate.at_once = {"-ERR down\r\n", "-LOADING wait\r\n"};

    CHECK(status_of(asker.get_many("keys=a,b")) == "503");
    CHECK(status_of(asker.get_many("keys=a,b")) == "503");
}

TEST_CASE("whoever is abandoned waits for nothing that may never come, then and later") {
    Asker asker;
    asker.ask(single, R"(["BLPOP","q",0])");

    asker.routes.abandon();
    CHECK(asker.gate.ended == 1);
    CHECK(asker.routes.is_waiting());
    asker.hear("-ERR down\r\n");
    CHECK_FALSE(asker.routes.is_waiting());
    asker.ask(single, R"(["BLPOP","q",0])");

    CHECK(asker.gate.ended == 2);
}

TEST_CASE("a large body is not kept while its command waits") {
    Asker asker;
    Request request;
    request.body = "[\"SET\",\"k\",\"" + std::string(1'000'000, 'v') + "\"]";

    asker.routes.execute(single, request, asker.asked());

    CHECK(request.body.capacity() < 1000);
    CHECK(asker.gate.said.back().size() > 1'000'000);
}

}  // namespace
}  // namespace nearcache::http
