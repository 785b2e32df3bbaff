#include "resp_server/client.hpp"

#include <utility>

namespace nearcache::resp_server {

Client::Client(Context& context, net::LaneId lane, std::function<void()> on_reply_ready)
    : context_(context),
      lane_(lane),
      id_(context.next_client_id.fetch_add(1, std::memory_order_relaxed)),
      replies_(std::move(on_reply_ready)) {}

void Client::write_sent(const cache::Written& written) {
    if (written.nothing()) return;
    ++unanswered_writes_;
    if (written.everything) ++flushes_;
    for (const auto hash : written.hashes) ++written_[hash];
}

void Client::write_answered(const cache::Written& written) {
    if (written.nothing()) return;
    --unanswered_writes_;
    if (written.everything) --flushes_;
    for (const auto hash : written.hashes) {
        const auto found = written_.find(hash);
        if (--found->second == 0) written_.erase(found);
    }
}

}  // namespace nearcache::resp_server
