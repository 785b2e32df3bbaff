// Ordinary use of hiredis' asynchronous API, as a transcript: async HOST PORT

#include <chrono>
#include <cstdlib>
#include <functional>
#include <string>
#include <vector>

#include <hiredis/async.h>
#include <hiredis/hiredis.h>
#include <poll.h>

#include "transcript.hpp"

namespace nearcache::tests::clients {

namespace {

using Clock = std::chrono::steady_clock;

// What hiredis wants to be told of one socket.
struct Interest {
    redisAsyncContext* context = nullptr;
    bool read = false;
    bool write = false;
};

// A loop around poll(2), enough for a few connections. It outlives them.
//
// Threads: one.
class Loop {
  public:
    void add(redisAsyncContext& context) {
        auto* interest = new Interest{&context};
        interests_.push_back(interest);
        context.ev.data = interest;
        context.ev.addRead = [](void* of) { static_cast<Interest*>(of)->read = true; };
        context.ev.delRead = [](void* of) { static_cast<Interest*>(of)->read = false; };
        context.ev.addWrite = [](void* of) { static_cast<Interest*>(of)->write = true; };
        context.ev.delWrite = [](void* of) { static_cast<Interest*>(of)->write = false; };
        context.ev.cleanup = [](void* of) { static_cast<Interest*>(of)->context = nullptr; };
    }

    // Turns until the fact holds; gives up, and says so, when nothing happens for ten seconds.
    void until(const std::string& what, const std::function<bool()>& fact) {
        auto give_up = Clock::now() + std::chrono::seconds(10);
        while (!fact()) {
            if (Clock::now() > give_up) {
                report("gave up waiting for", what);
                std::exit(1);
            }
            if (turn()) give_up = Clock::now() + std::chrono::seconds(10);
        }
    }

    ~Loop() {
        for (auto* interest : interests_) delete interest;
    }

  private:
    // Whether anything happened.
    bool turn() {
        std::vector<pollfd> polled;
        std::vector<Interest*> whose;
        for (auto* interest : interests_) {
            if (interest->context == nullptr) continue;
            const int events = (interest->read ? POLLIN : 0) | (interest->write ? POLLOUT : 0);
            polled.push_back({interest->context->c.fd, static_cast<short>(events), 0});
            whose.push_back(interest);
        }
        if (::poll(polled.data(), polled.size(), 100) <= 0) return false;
        for (std::size_t i = 0; i < polled.size(); ++i) handle(*whose[i], polled[i].revents);
        return true;
    }

    // A callback may free the context, which then tells its interest so.
    static void handle(Interest& interest, int events) {
        const bool ended = (events & (POLLHUP | POLLERR)) != 0;
        if (interest.context != nullptr && ((events & POLLIN) != 0 || ended)) {
            redisAsyncHandleRead(interest.context);
        }
        if (interest.context != nullptr && (events & POLLOUT) != 0) {
            redisAsyncHandleWrite(interest.context);
        }
    }

    std::vector<Interest*> interests_;
};

// One asynchronous connection, and the lines its replies have made.
//
// Threads: one.
class Connection {
  public:
    Connection(Loop& loop, const std::string& host, int port)
        : loop_(loop), context_(redisAsyncConnect(host.c_str(), port)) {
        context_->data = this;
        loop_.add(*context_);
        redisAsyncSetDisconnectCallback(context_, [](const redisAsyncContext* context, int status) {
            auto& self = *static_cast<Connection*>(context->data);
            self.end_ = status == REDIS_OK ? "disconnected" : "lost";
        });
    }

    // Subscriptions are told of the end, so they must still have somewhere to put it.
    ~Connection() {
        if (end_.empty()) redisAsyncFree(context_);
    }

    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    // Every reply to it makes a line: one for most commands, many for a subscription.
    void send(const Words& words) {
        std::vector<const char*> starts;
        std::vector<std::size_t> lengths;
        for (const auto& word : words) {
            starts.push_back(word.data());
            lengths.push_back(word.size());
        }
        redisAsyncCommandArgv(
            context_,
            [](redisAsyncContext* context, void* reply, void*) {
                auto& self = *static_cast<Connection*>(context->data);
                self.lines_.push_back(shown(static_cast<redisReply*>(reply)));
            },
            nullptr, static_cast<int>(words.size()), starts.data(), lengths.data());
    }

    // The next lines, so many of them.
    std::vector<std::string> next(std::size_t count) {
        loop_.until(std::to_string(count) + " replies", [&] { return lines_.size() >= count; });
        const auto end = lines_.begin() + static_cast<std::ptrdiff_t>(count);
        std::vector<std::string> taken(lines_.begin(), end);
        lines_.erase(lines_.begin(), end);
        return taken;
    }

    std::string ask(const Words& words) {
        send(words);
        return next(1).front();
    }

    void show(const Words& words) { report(shown(words), ask(words)); }

    void pipeline(const std::vector<Words>& commands) {
        for (const auto& words : commands) send(words);
        const auto replies = next(commands.size());
        for (std::size_t i = 0; i < commands.size(); ++i) {
            report("pipelined " + shown(commands[i]), replies[i]);
        }
    }

    void disconnect() {
        redisAsyncDisconnect(context_);
        loop_.until("the end", [&] { return !end_.empty(); });
        report("disconnect", end_);
    }

  private:
    Loop& loop_;
    redisAsyncContext* context_;
    std::vector<std::string> lines_;
    std::string end_;
};

void commands(Connection& c) {
    c.show({"FLUSHALL"});
    c.show({"SET", "k", "one"});
    c.pipeline({{"GET", "k"},
                {"GET", "k"},
                {"SET", "k", std::string("\0\r\n", 3)},
                {"GET", "k"},
                {"APPEND", "k", "more"},
                {"GET", "k"},
                {"GET", "none"},
                {"MGET", "k", "none"},
                {"HSET", "h", "f", "v"},
                {"HGETALL", "h"},
                {"LPUSH", "k", "x"},
                {"NOSUCH"},
                {"SET", "big", std::string(1024 * 1024, 'b')},
                {"GET", "big"},
                {"DEL", "k", "big"},
                {"GET", "k"},
                {"GET", "big"}});
    c.pipeline({{"MULTI"},
                {"INCR", "n"},
                {"GET", "n"},
                {"EXEC"},
                {"GET", "n"},
                {"SELECT", "1"},
                {"GET", "n"},
                {"SET", "n", "in 1"},
                {"GET", "n"},
                {"SELECT", "0"},
                {"GET", "n"}});
}

void many(Connection& c) {
    constexpr int rounds = 3000;
    for (int i = 0; i < rounds; ++i) {
        const auto key = "p" + std::to_string(i % 50);
        c.send({"SET", key, std::to_string(i)});
        c.send({"GET", key});
    }
    const auto replies = c.next(2 * rounds);
    int right = 0;
    for (int i = 0; i < rounds; ++i) {
        right += replies[2 * static_cast<std::size_t>(i) + 1] == shown(std::to_string(i)) ? 1 : 0;
    }
    report("its own writes, of " + std::to_string(rounds), std::to_string(right));
}

void messages(Connection& listener, Connection& sender) {
    listener.send({"SUBSCRIBE", "news"});
    listener.send({"PSUBSCRIBE", "n*"});
    for (const auto& line : listener.next(2)) report("told", line);
    sender.show({"PUBLISH", "news", "hello"});
    for (const auto& line : listener.next(2)) report("told", line);
    for (int i = 0; i < 500; ++i) sender.send({"PUBLISH", "news", std::to_string(i)});
    const auto heard = sender.next(500);
    report("heard by", heard.front() + " and " + heard.back());
    report("the last", listener.next(1000).back());
    sender.show({"PUBSUB", "NUMSUB", "news"});
}

// What is sent behind a pop that waits is answered when the pop has been.
void blocking(Connection& patient, Connection& other) {
    patient.send({"BLPOP", "queue", "10"});
    patient.send({"SET", "behind", "it"});
    patient.send({"GET", "behind"});
    std::string info;
    while (info.find("blocked_clients:1\\x0d") == std::string::npos) {
        info =
            other.ask({"EVAL", "return redis.call('INFO', 'clients'):match('blocked.-\\r')", "0"});
    }
    other.show({"GET", "behind"});
    other.show({"RPUSH", "queue", "x"});
    for (const auto& line : patient.next(3)) report("the waiting one", line);
    patient.show({"BLPOP", "queue", "0.05"});
}

}  // namespace

}  // namespace nearcache::tests::clients

int main(int argc, char** argv) {
    using namespace nearcache::tests::clients;
    if (argc < 3) return 2;
    const std::string host = argv[1];
    const int port = std::atoi(argv[2]);
    Loop loop;
    Connection one(loop, host, port);
    Connection two(loop, host, port);
    Connection listener(loop, host, port);
    commands(one);
    many(one);
    messages(listener, one);
    blocking(two, one);
    one.disconnect();
    two.show({"GET", "n"});
    return 0;
}
