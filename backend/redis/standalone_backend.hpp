#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "backend/backend.hpp"
#include "backend/config.hpp"
#include "backend/redis/conditional_write.hpp"
#include "backend/redis/context.hpp"
#include "backend/redis/link_set.hpp"
#include "backend/redis/private_links.hpp"
#include "backend/redis/tracking.hpp"
#include "net/limiter.hpp"

namespace nearcache::backend::redis {

// One primary, reached over pipelined links that the clients of a lane share and over connections
// lent to one client alone, and a control connection that tells what changes in it.
//
// Threads: as Backend says.
class StandaloneBackend final : public Backend {
  public:
    StandaloneBackend(const Config& config, net::IoThreads& threads, const Clock& clock);

    void get(const Route& route, std::string_view key, GetCompletion& completion) override;
    void get_many(const Route& route, std::span<const std::string_view> keys,
                  GetManyCompletion& completion) override;
    void forward(const Route& route, const net::Slice& command,
                 ForwardCompletion& completion) override;
    void forward_if(const Route& route, Condition condition, const net::Slice& command,
                    ConditionalCompletion& completion) override;
    void try_select(const Route& route, std::string_view database,
                    ForwardCompletion& completion) override;
    std::unique_ptr<PrivateConnection> lend(const Route& route,
                                            PrivateConnection::Listener& listener) override;
    void take_back(std::unique_ptr<PrivateConnection> connection, const Route& route) override;
    bool lends() const noexcept override { return true; }
    std::size_t lent() const noexcept override { return lendable_.taken(); }
    std::uint32_t home_database() const noexcept override { return config_.url.database; }
    void start(InvalidationListener& listener) override;
    bool changes_only_here() const noexcept override { return false; }
    void stop() override;
    bool is_reachable() const noexcept override;
    std::uint64_t connections_made() const noexcept override {
        return acquaintance_.connections_made();
    }

  private:
    template <class Completion, class Ask>
    void ask(const Route& route, Completion& completion, Ask&& ask);

    const Config config_;
    net::IoThreads& threads_;
    Acquaintance acquaintance_;
    net::Limiter lendable_;
    std::vector<std::unique_ptr<LinkSet>> links_;
    std::vector<std::unique_ptr<ConditionalWrites>> conditional_writes_;  // outlive what they hold
    std::vector<std::unique_ptr<PrivateLinks>> private_links_;
    std::unique_ptr<redis::Tracking> tracking_;
};

}  // namespace nearcache::backend::redis
