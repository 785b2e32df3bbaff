#include "resp_server/client.hpp"

#include <utility>

#include "resp_server/own_connection.hpp"

namespace nearcache::resp_server {

Client::Client(Context& context, net::LaneId lane, std::function<void()> on_reply_ready,
               ClientSocket* socket)
    : context_(context),
      lane_(lane),
      id_(context.next_client_id.fetch_add(1, std::memory_order_relaxed)),
      socket_(socket),
      connected_at_(context.clock.now()),
      replies_(std::move(on_reply_ready)),
      database_(context.cache.home_database()),
      route_(context.cache.home(lane)) {
    context_.clients[lane_].add(*this);
}

Client::~Client() {
    drop_own();
    context_.clients[lane_].remove(*this);
}

void ClientList::add(Client& client) noexcept { hooks_.push_back(client); }

void ClientList::remove(Client& client) noexcept { hooks_.erase(hooks_.iterator_to(client)); }

Client& ClientList::client_of(ClientListHook& hook) noexcept { return static_cast<Client&>(hook); }

void Client::set_database(std::uint32_t number) {
    if (number == database_.number) return;
    database_ = context_.cache.database(number);
    route_.database = number;
}

OwnConnection* Client::lend_own() {
    own_ = OwnConnection::lend(*this);
    return own_.get();
}

void Client::drop_own(std::optional<Errc> why) {
    if (own_) own_->fail_all(why);
    own_.reset();
}

bool Client::own_reads_cache() const noexcept { return own_->reads_cache(); }

bool Client::is_blocked() const noexcept { return own_ && own_->is_blocked(); }

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

void Client::set_replying(Replying how) noexcept {
    replying_ = how;
    replies_.mute(how == Replying::off || how == Replying::skipping);
}

void Client::command_done() noexcept {
    switch (replying_) {
        case Replying::on:
            break;
        case Replying::off:
            set_replying(Replying::off);
            break;
        case Replying::skip_next:
            set_replying(Replying::skipping);
            break;
        case Replying::skipping:
            set_replying(Replying::on);
            break;
    }
}

}  // namespace nearcache::resp_server
