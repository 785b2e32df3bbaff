#pragma once

#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "http/cache_control.hpp"
#include "http/routes/routes.hpp"
#include "tests/http/written.hpp"
#include "tests/support/fake_backend.hpp"
#include "tests/support/lanes.hpp"
#include "tests/support/manual_clock.hpp"

namespace nearcache::http {

using boost::beast::http::verb;

inline cache::Config small_cache() {
    cache::Config config;
    config.store.max_entries = 100;
    return config;
}

// Two lanes run by hand, a backend that answers when it is told to, and room for two requests.
struct House {
    explicit House(const cache::Config& with = small_cache(), const tests::FakeBackend& made = {})
        : cache_config(with), backend(made) {}

    const cache::Config cache_config;
    tests::ManualClock clock;
    tests::Lanes lanes{2};
    tests::FakeBackend backend;
    cache::CacheService cache{lanes.threads(), backend, clock, cache_config};
    net::Limiter in_flight{2};
    Config config;
    Context context{config, cache, clock, in_flight};
};

// One connection: asks, and reads what it was answered.
struct Visitor {
    explicit Visitor(House& at, net::LaneId lane = 0)
        : house(at), routes(at.context, lane, [this] { ++answered_later; }) {}

    static Request request(verb method, std::string_view target, std::string_view body = {}) {
        Request request;
        request.method = method;
        request.target = target;
        request.body = body;
        request.has_body = method == verb::put || method == verb::post;
        return request;
    }
    // Empty when the answer has to wait.
    std::string ask(verb method, std::string_view target, std::string_view body = {}) {
        return ask(request(method, target, body));
    }
    // A GET with what a Cache-Control field says.
    std::string get(std::string_view target, std::string_view cache_control) {
        Request request;
        request.method = verb::get;
        request.target = target;
        read_cache_control(cache_control, request.directives);
        request.has_directives = request.directives != cache::Directives{};
        return ask(request);
    }
    std::string ask(Request request) {
        Asked asked{{}, house.clock.now(), &out};
        asked.manner.without_body = request.method == verb::head;
        routes.answer(request, asked);
        return read();
    }

    std::string read() {
        auto bytes = written(out);
        out.clear();
        return bytes;
    }

    House& house;
    Output out;
    int answered_later = 0;
    Routes routes;
};

inline std::string status_of(std::string_view reply) { return std::string(reply.substr(9, 3)); }

inline std::string body_of(const std::string& reply) {
    return reply.substr(reply.find("\r\n\r\n") + 4);
}

// What a field of the head says; empty without such a field.
inline std::string field_of(const std::string& reply, std::string_view name) {
    const auto line = "\r\n" + std::string(name) + ": ";
    const auto at = reply.substr(0, reply.find("\r\n\r\n") + 2).find(line);
    if (at == reply.npos) return "";
    const auto begin = at + line.size();
    return reply.substr(begin, reply.find("\r\n", begin) - begin);
}

inline std::string source_of(const std::string& reply) {
    constexpr std::string_view us = "nearcache; ";
    const auto status = field_of(reply, "Cache-Status");
    return status.starts_with(us) ? status.substr(us.size()) : "";
}

inline void cache_value(House& house, std::string_view key, std::string_view value,
                        std::string_view authorization = {}) {
    Visitor visitor(house);
    auto request = Visitor::request(verb::get, "/" + std::string(key));
    request.fields.authorization = authorization;
    visitor.ask(request);
    house.backend.answer(0, key, value);
    REQUIRE(visitor.routes.is_waiting() == false);
}

}  // namespace nearcache::http
