#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "tests/support/socket.hpp"

namespace nearcache::tests {

// How a TcpProxy treats what passes through it.
struct PassageRules {
    struct Stalled {
        bool to_redis = false;
        bool to_nearcache = false;
    };
    Stalled control;
    Stalled data;
    // CLIENT TRACKING is answered with +OK, and Redis never hears of it.
    bool answers_tracking = false;
    // Nothing that Redis publishes arrives; its answers do.
    bool swallows_messages = false;
    // When not empty: what every command of a data connection is answered, instead of by Redis.
    std::string data_answer;
};

// One connection from nearcache through a TcpProxy to Redis: two sockets and what waits between.
//
// Threads: one at a time.
class Passage {
  public:
    // Throws std::system_error when Redis does not listen.
    Passage(Socket nearcache, std::uint16_t target)
        : nearcache_(std::move(nearcache)), redis_(target) {}

    // Whether it has said CLIENT ID, CLIENT TRACKING or SUBSCRIBE.
    bool is_control() const { return is_control_; }

    // For poll(): what each of the two is ready for would be of use; 0 when nothing would.
    struct Interest {
        int descriptor;
        short events;
    };
    Interest in_nearcache(const PassageRules& rules) const;
    Interest in_redis(const PassageRules& rules) const;

    // Moves what can be moved now. False when one of the two has closed.
    struct Ready {
        short nearcache;
        short redis;
    };
    bool move(const Ready& ready, const PassageRules& rules);

  private:
    PassageRules::Stalled stalled(const PassageRules& rules) const {
        return is_control_ ? rules.control : rules.data;
    }
    bool take_commands(const PassageRules& rules);
    void pass_on(std::string_view command, const PassageRules& rules);
    bool take_replies(const PassageRules& rules);

    Socket nearcache_;
    Socket redis_;
    std::string commands_;  // what has come of a command that is not whole
    std::string replies_;
    std::string to_redis_;
    std::string to_nearcache_;
    std::size_t commands_passed_ = 0;
    bool is_control_ = false;
};

}  // namespace nearcache::tests
