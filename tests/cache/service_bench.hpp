#pragma once

#include <chrono>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "cache/cache_service.hpp"
#include "resp/reply_writer.hpp"
#include "tests/cache/asker.hpp"
#include "tests/cache/quiet.hpp"
#include "tests/support/fake_backend.hpp"
#include "tests/support/lanes.hpp"
#include "tests/support/manual_clock.hpp"

namespace nearcache::cache {

inline Config small_config() {
    Config config;
    config.store.max_entries = 100;
    config.max_value_bytes = 10;
    return config;
}

// One that holds for all keys.
inline Config config_with(const Rule& rule) {
    auto config = small_config();
    config.rules = {rule};
    return config;
}

// The service over a backend that answers when it is told to, on two lanes run by hand. Nothing
// changes but through the service.
struct ServiceBench {
    explicit ServiceBench(const Config& config = small_config()) : ServiceBench(config, true) {}

    CacheService::Joined load(LoadWaiter& waiter, std::string_view key = "k") {
        return service.load(Key(key), clock.now(), waiter);
    }
    CacheService::Joined load(LoadWaiter& waiter, const Directives& directives) {
        return service.load(Key("k"), clock.now(), directives, waiter);
    }

    // A plain find(): the value, "(stale) " and the value, "(absent)" or "(miss)".
    std::string look_up(std::string_view key = "k") {
        std::string value;
        const auto found = service.find(Key(key), clock.now(), Copy{value});
        return text_of(found, value);
    }
    std::string look_up(const Directives& directives) {
        std::string value;
        const auto found = service.find(Key("k"), clock.now(), directives, Copy{value});
        return text_of(found, value);
    }

    // Has the value in the cache.
    void cache(std::string_view key, std::string_view value) {
        Asker asker(0);
        load(asker, key);
        backend.answer(0, key, value);
        REQUIRE(look_up(key) == value);
    }
    void cache_absence(std::string_view key) {
        Asker asker(0);
        load(asker, key);
        backend.answer_absent(0, key);
        REQUIRE(look_up(key) == "(absent)");
    }

    void refresh(std::string_view key = "k", net::LaneId lane = 0) {
        service.refresh(Key(key), clock.now(), service.home(lane));
    }

    tests::ManualClock clock;
    tests::Lanes lanes{2};
    tests::FakeBackend backend;
    CacheService service;

  protected:
    ServiceBench(const Config& config, bool changes_only_here)
        : backend(backend_where(changes_only_here)),
          service(lanes.threads(), backend, clock, config) {}

  private:
    static tests::FakeBackend backend_where(bool changes_only_here) {
        tests::FakeBackend backend;
        backend.set_changes_only_here(changes_only_here);
        return backend;
    }

    struct Copy {
        void operator()(const Entry& entry, Lookup how) const {
            value = how == Lookup::stale ? "(stale) " : "";
            value += entry.value();
        }
        std::string& value;
    };
    static std::string text_of(Lookup found, const std::string& value) {
        switch (found) {
            case Lookup::hit:
            case Lookup::stale:
                return value;
            case Lookup::absent:
                return "(absent)";
            case Lookup::miss:
                break;
        }
        return "(miss)";
    }
};

// The same where others change things too, and the backend tells: its channel is armed.
struct TrackedBench : ServiceBench {
    explicit TrackedBench(const Config& config = small_config()) : ServiceBench(config, false) {
        service.start();
        arm();
    }

    void arm() { backend.listener().on_armed({clock.now(), backend::Proof::canary, "the server"}); }
    void prove() { backend.listener().on_proven(clock.now(), std::chrono::microseconds(100)); }
    void lose() { backend.listener().on_lost("it broke"); }
    void refuse() { backend.listener().on_refused("it would not"); }
    void change(std::initializer_list<std::string_view> keys) {
        const std::vector<std::string_view> changed(keys);
        backend.listener().on_changed(changed);
    }
    // With a proof at the end, so that nothing is lost.
    void advance_proven(std::chrono::milliseconds by) {
        clock.advance(by);
        prove();
    }

    const Quiet quiet;
};

// A forwarded command that writes down how it ended, and what the cache knew at that moment.
struct Write final : Forwarding {
    explicit Write(ServiceBench& at) : bench(at) {}

    void send(net::LaneId lane, std::vector<std::string_view> keys) {
        Written keys_written;
        for (const auto key : keys) keys_written.hashes.push_back(Key(key).hash);
        send(lane, std::move(keys_written));
    }
    void send(net::LaneId lane, Written keys_written) {
        std::string bytes;
        resp::append_command(bytes, std::vector<std::string_view>{"SET", "k", "new"});
        bench.service.forward({bench.service.home(lane), {bytes}}, std::move(keys_written), *this);
    }

    void on_forwarded(const net::Slice& reply) override { end(std::string(reply.bytes)); }
    void on_not_forwarded(Errc why) override { end(std::string(describe(why))); }
    void end(std::string how) {
        ended = std::move(how);
        known_at_end = bench.look_up();
    }

    ServiceBench& bench;
    std::string ended;
    std::string known_at_end;
};

}  // namespace nearcache::cache
