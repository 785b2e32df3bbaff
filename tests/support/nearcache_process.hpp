#pragma once

#include <cstdint>
#include <string>

#include "tests/support/http_client.hpp"
#include "tests/support/process.hpp"
#include "tests/support/real_redis.hpp"
#include "tests/support/test_client.hpp"

namespace nearcache::tests {

// The program under test: $NEARCACHE_BINARY, or `nearcache` beside the test program.
std::string nearcache_binary();

// A nearcache of the test's own, on ports of the kernel's choice, ready when constructed.
//
// Threads: one at a time; connections: any number.
class NearcacheProcess {
  public:
    explicit NearcacheProcess(const Words& flags = {});
    // Fails the test when a sanitizer has found something.
    ~NearcacheProcess();

    std::uint16_t http_port() const { return http_port_; }
    std::uint16_t resp_port() const { return resp_port_; }
    HttpClient http() const { return HttpClient(http_port_); }
    TestClient resp() const { return TestClient(resp_port_); }

    Process& process() { return process_; }

  private:
    Process process_;
    std::uint16_t http_port_ = 0;
    std::uint16_t resp_port_ = 0;
};

// What most tests want: a nearcache with two threads before a Redis, which keeps what it fetches.
// Whether a key is cached right after a change is up to the order in which a fetch and the
// invalidation arrive: who needs to know it exactly says "--coherence", "ttl".
//
// Threads: one at a time; connections: any number.
struct ProxiedRedis {
    explicit ProxiedRedis(const Words& flags = {});

    HttpClient http() const { return proxy.http(); }
    TestClient resp() const { return proxy.resp(); }

    RealRedis redis;
    NearcacheProcess proxy;
};

}  // namespace nearcache::tests
