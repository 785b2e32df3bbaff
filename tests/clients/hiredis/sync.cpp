// Ordinary use of hiredis' blocking API, as a transcript: sync HOST PORT [3]
//
// With 3 it says HELLO 3 first, which needs hiredis 1.0 or newer.

#include <cstdlib>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <hiredis/hiredis.h>
#include <sys/time.h>

#include "transcript.hpp"

namespace nearcache::tests::clients {

namespace {

struct FreeReply {
    void operator()(void* reply) const { freeReplyObject(reply); }
};
using Reply = std::unique_ptr<redisReply, FreeReply>;

struct FreeContext {
    void operator()(redisContext* context) const { redisFree(context); }
};

// One blocking connection; every call with a limit, so that a lost reply is told and not waited
// for.
//
// Threads: one.
class Connection {
  public:
    Connection(const std::string& host, int port) {
        const timeval limit{10, 0};
        context_.reset(redisConnectWithTimeout(host.c_str(), port, limit));
        if (context_ == nullptr || context_->err != 0) {
            report("connect", context_ ? context_->errstr : "out of memory");
            std::exit(1);
        }
        redisSetTimeout(context_.get(), limit);
    }

    // Sent with the next reply that is waited for.
    void append(const Words& words) {
        std::vector<const char*> starts;
        std::vector<std::size_t> lengths;
        for (const auto& word : words) {
            starts.push_back(word.data());
            lengths.push_back(word.size());
        }
        redisAppendCommandArgv(context_.get(), static_cast<int>(words.size()), starts.data(),
                               lengths.data());
    }

    std::string next() {
        void* reply = nullptr;
        if (redisGetReply(context_.get(), &reply) != REDIS_OK) {
            return std::string("failed: ") + context_->errstr;
        }
        return shown(Reply(static_cast<redisReply*>(reply)).get());
    }

    std::string ask(const Words& words) {
        append(words);
        return next();
    }

    void show(const Words& words) { report(shown(words), ask(words)); }

    // All of them in one write, then all replies.
    void pipeline(const std::vector<Words>& commands) {
        for (const auto& words : commands) append(words);
        for (const auto& words : commands) report("pipelined " + shown(words), next());
    }

    redisContext* get() { return context_.get(); }

  private:
    std::unique_ptr<redisContext, FreeContext> context_;
};

// Where both dialects and two connections come from.
struct Server {
    std::string host;
    int port = 0;
    bool resp3 = false;

    Connection connect() const {
        Connection connection(host, port);
        if (resp3) {
            // Its reply holds the connection's id.
            const auto greeting = connection.ask({"HELLO", "3"});
            report("HELLO 3", greeting.substr(0, greeting.find("\"version\"")));
#ifdef REDIS_REPLY_PUSH
            // Pushes come like replies, and not to a callback that throws them away.
            redisSetPushCallback(connection.get(), nullptr);
#endif
        }
        return connection;
    }
};

const std::string every_byte = [] {
    std::string bytes;
    for (int i = 0; i < 256; ++i) bytes += static_cast<char>(i);
    return bytes;
}();

std::string big_value() {
    std::string value;
    while (value.size() < 1024 * 1024) value += "0123456789abcdef";
    return value;
}

void values(const Server& server) {
    auto c = server.connect();
    const std::vector<Words> commands{
        {"SET", "s", "one"},
        {"GET", "s"},
        {"GET", "s"},
        {"GET", "none"},
        {"GET", "none"},
        {"SET", "s", every_byte},
        {"GET", "s"},
        {"GET", "s"},
        {"STRLEN", "s"},
        {"GETRANGE", "s", "10", "20"},
        {"MSET", "a", "1", "b", "2"},
        {"MGET", "a", "none", "b"},
        {"MGET", "a", "none", "b"},
        {"INCR", "a"},
        {"GET", "a"},
        {"EXISTS", "a", "none", "a"},
        {"TYPE", "a"},
        {"SET", "big", big_value()},
        {"GET", "big"},
        {"GET", "big"},
        {"APPEND", "big", "!"},
        {"GET", "big"},
        {"HSET", "h", "f", "v", "g", "w"},
        {"HGETALL", "h"},
        {"HGETALL", "none"},
        {"RPUSH", "l", "a", "b", "c"},
        {"LRANGE", "l", "0", "-1"},
        {"LPOP", "l", "9"},
        {"LPOP", "l"},
        {"SADD", "x", "m"},
        {"SMEMBERS", "x"},
        {"ZADD", "z", "1.5", "a", "inf", "b"},
        {"ZRANGE", "z", "0", "-1", "WITHSCORES"},
        {"ZSCORE", "z", "a"},
        {"ZSCORE", "z", "none"},
        {"ZPOPMIN", "z"},
        {"XADD", "st", "1-1", "f", "v"},
        {"XRANGE", "st", "-", "+"},
        {"XREAD", "STREAMS", "st", "0"},
        {"XINFO", "GROUPS", "st"},
        {"EXPIREAT", "a", "9999999999"},
        {"EXPIRETIME", "a"},
        {"TTL", "none"},
        {"DEL", "a", "none"},
        {"GET", "a"},
        {"LPUSH", "b", "x"},
        {"GET"},
        {"NOSUCH", "x"},
        {"OBJECT", "NOSUCH", "x"},
        {"SCAN", "x"},
        {"EVAL", "return {1, 'two', false, {3}, redis.call('GET', KEYS[1])}", "1", "b"},
        {"EVALSHA", std::string(40, 'f'), "0"},
        {"EVAL", "return 1.5", "0"},
        {"SELECT", "1"},
        {"GET", "b"},
        {"SET", "b", "in 1"},
        {"GET", "b"},
        {"SELECT", "0"},
        {"GET", "b"},
        {"SELECT", "99"},
        {"CLIENT", "SETNAME", "me"},
        {"CLIENT", "GETNAME"},
        {"ECHO", every_byte},
        {"PING"},
        {"CONFIG", "GET", "appendonly"},
        {"COMMAND", "INFO", "GET"},
        {"COMMAND", "GETKEYS", "MSET", "a", "1", "b", "2"},
        {"ACL", "WHOAMI"},
        {""},
        {"GET", ""}};
    for (const auto& words : commands) c.show(words);
}

void transactions(const Server& server) {
    auto c = server.connect();
    auto other = server.connect();
    c.show({"SET", "a", "1"});
    c.show({"GET", "a"});
    c.pipeline({{"GET", "a"},
                {"MULTI"},
                {"INCR", "a"},
                {"GET", "a"},
                {"HGETALL", "h"},
                {"EXEC"},
                {"GET", "a"},
                {"MULTI"},
                {"SET", "a", "no"},
                {"DISCARD"},
                {"GET", "a"},
                {"MULTI"},
                {"NOSUCH"},
                {"EXEC"},
                {"EXEC"},
                {"GET", "a"}});
    c.show({"WATCH", "a"});
    other.show({"SET", "a", "changed"});
    c.pipeline({{"GET", "a"}, {"MULTI"}, {"SET", "a", "mine"}, {"EXEC"}, {"GET", "a"}});
    c.pipeline({{"WATCH", "a"}, {"MULTI"}, {"SET", "a", "mine"}, {"EXEC"}, {"GET", "a"}});
    other.show({"GET", "a"});
    c.pipeline({{"MULTI"},
                {"SELECT", "1"},
                {"SET", "k", "in 1"},
                {"EXEC"},
                {"GET", "k"},
                {"SELECT", "0"},
                {"GET", "k"},
                {"BLPOP", "none", "0.01"},
                {"GET", "k"}});
}

void long_pipeline(const Server& server) {
    auto c = server.connect();
    constexpr int rounds = 3000;
    for (int i = 0; i < rounds; ++i) {
        const auto key = "p" + std::to_string(i % 50);
        c.append({"SET", key, std::to_string(i)});
        c.append({"GET", key});
    }
    int right = 0;
    for (int i = 0; i < rounds; ++i) {
        const bool set = c.next() == "status OK";
        const bool got = c.next() == shown(std::to_string(i));
        right += set && got ? 1 : 0;
    }
    report("its own writes, of " + std::to_string(rounds), std::to_string(right));
}

void messages(const Server& server) {
    auto c = server.connect();
    auto other = server.connect();
    c.show({"SUBSCRIBE", "news", "sports"});
    report("and", c.next());
    c.show({"PSUBSCRIBE", "n*"});
    other.show({"PUBLISH", "news", every_byte});
    report("told", c.next());
    report("told", c.next());
    c.show({"PING"});
    c.show({"GET", "k"});
    c.show({"UNSUBSCRIBE", "news", "sports"});
    report("and", c.next());
    c.show({"PUNSUBSCRIBE", "n*"});
    c.show({"GET", "k"});
    other.show({"PUBLISH", "news", "unheard"});
    c.pipeline({{"CLIENT", "REPLY", "ON"}, {"SET", "k", "1"}, {"GET", "k"}});
    for (const auto& words : {Words{"CLIENT", "REPLY", "OFF"}, {"INCR", "k"}, {"GET", "k"}}) {
        c.append(words);
    }
    c.show({"CLIENT", "REPLY", "ON"});
    c.append({"CLIENT", "REPLY", "SKIP"});
    c.append({"INCR", "k"});
    c.show({"GET", "k"});
    c.show({"QUIT"});
    // Whether the close or its reset comes first is a matter of time.
    report("after QUIT", c.ask({"PING"}).substr(0, 6));
}

void reconnecting(const Server& server) {
    auto c = server.connect();
    c.show({"MULTI"});
    redisReconnect(c.get());
    // What the old connection had begun must not be there any more.
    c.show({"EXEC"});
    c.show({"GET", "s"});
}

}  // namespace

}  // namespace nearcache::tests::clients

int main(int argc, char** argv) {
    using namespace nearcache::tests::clients;
    if (argc < 3) return 2;
    const Server server{argv[1], std::atoi(argv[2]), argc > 3};
    for (const auto use : {values, transactions, long_pipeline, messages, reconnecting}) {
        server.connect().show({"FLUSHALL"});
        use(server);
    }
    return 0;
}
