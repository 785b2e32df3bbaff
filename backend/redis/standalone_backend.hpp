#pragma once

#include <memory>
#include <vector>

#include "backend/backend.hpp"
#include "backend/config.hpp"
#include "backend/redis/link.hpp"

namespace nearcache::backend::redis {

// One primary, reached over one pipelined link a lane.
class StandaloneBackend final : public Backend {
  public:
    StandaloneBackend(const Config& config, net::IoThreads& threads, const Clock& clock);

    void get(net::LaneId lane, std::string_view key, GetCompletion& completion) override;
    void forward(net::LaneId lane, std::string_view command,
                 ForwardCompletion& completion) override;
    void start() override;
    void stop() override;
    bool is_reachable() const noexcept override;

  private:
    const Config config_;
    net::IoThreads& threads_;
    std::vector<std::unique_ptr<Link>> links_;
};

}  // namespace nearcache::backend::redis
