#pragma once

#include <chrono>
#include <memory>
#include <string>

namespace nearcache::tests {

// A certificate and its private key, as PEM.
struct Identity {
    std::string certificate;
    std::string key;
};

// An authority of the test's own, which certifies whatever it is asked to.
//
// Threads: one at a time.
class Authority {
  public:
    Authority();
    ~Authority();
    Authority(const Authority&) = delete;
    Authority& operator=(const Authority&) = delete;

    // Its own, which signs itself.
    const Identity& own() const { return own_; }

    struct Wish {
        std::string names;  // as OpenSSL writes them: "DNS:localhost,IP:127.0.0.1"
        std::string common_name = "test";
        // From a day ago, for so long.
        std::chrono::seconds life = std::chrono::hours(48);
    };
    Identity issue(const Wish& wish) const;

  private:
    struct Keys;

    std::unique_ptr<Keys> keys_;
    Identity own_;
};

}  // namespace nearcache::tests
