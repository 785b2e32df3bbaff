#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "backend/backend.hpp"
#include "backend/config.hpp"
#include "backend/redis/context.hpp"
#include "backend/redis/link.hpp"
#include "backend/redis/tracking.hpp"

namespace nearcache::backend::redis {

// One primary, reached over one pipelined link a lane, and a control connection that tells what
// changes in it.
//
// Threads: as Backend says.
class StandaloneBackend final : public Backend {
  public:
    StandaloneBackend(const Config& config, net::IoThreads& threads, const Clock& clock);

    void get(net::LaneId lane, std::string_view key, GetCompletion& completion) override;
    void forward(net::LaneId lane, std::string_view command,
                 ForwardCompletion& completion) override;
    void start(InvalidationListener& listener) override;
    bool changes_only_here() const noexcept override { return false; }
    void stop() override;
    bool is_reachable() const noexcept override;
    std::uint64_t connections_made() const noexcept override {
        return acquaintance_.connections_made();
    }

  private:
    const Config config_;
    net::IoThreads& threads_;
    Acquaintance acquaintance_;
    std::vector<std::unique_ptr<Link>> links_;
    std::unique_ptr<redis::Tracking> tracking_;
};

}  // namespace nearcache::backend::redis
