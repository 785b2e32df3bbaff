#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "backend/config.hpp"
#include "backend/redis/arming.hpp"
#include "backend/redis/connector.hpp"
#include "backend/redis/conversation.hpp"
#include "backend/redis/finding.hpp"
#include "base/clock.hpp"
#include "net/async.hpp"

namespace nearcache::backend::redis {

// One diagnosis while it is made: a data and a control connection of its own, and one check after
// the other until one shows that the rest would be in vain.
//
// Threads: its context's.
class Examination {
  public:
    // All of it ends by then.
    static constexpr std::chrono::seconds longest{8};

    Examination(net::IoContext& context, const Config& config, const Clock& clock);

    net::Awaitable<> run();
    // What was found until now. Coherence is available when run() came to its end.
    Diagnosis conclude();

  private:
    using Delay = std::chrono::microseconds;

    net::Awaitable<bool> reach_server();
    net::Awaitable<bool> look_at_server();
    net::Awaitable<bool> arm();
    net::Awaitable<bool> try_heartbeat();
    net::Awaitable<bool> try_canaries();
    net::Awaitable<bool> try_one_canary(std::vector<Delay>& delays);
    net::Awaitable<> try_expiry();

    net::Awaitable<bool> connect(Connector& connector, Conversation& conversation);
    net::Awaitable<bool> ask(std::string command);
    // Until the control connection is told of that key; false: not by then.
    net::Awaitable<bool> is_told(std::string_view key, TimePoint until);

    bool compare_servers();
    bool give_up(std::string check, std::string why, std::string advice = {});
    void note(Finding::Grade grade, std::string check, std::string found, std::string advice = {});
    std::string scratch_key() const;
    Delay since(TimePoint start) const;

    Config config_;
    const Clock& clock_;
    Connector data_connector_;
    Connector control_connector_;
    Conversation data_;
    Conversation control_;
    Timer pause_timer_;
    Diagnosis diagnosis_;
    bool is_finished_ = false;
};

}  // namespace nearcache::backend::redis
