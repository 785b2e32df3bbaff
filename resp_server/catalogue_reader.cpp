#include "resp_server/catalogue_reader.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include <boost/asio/post.hpp>

#include "base/log.hpp"

namespace nearcache::resp_server {

namespace {

constexpr net::LaneId lane = 0;
constexpr std::string_view question = "*1\r\n$7\r\nCOMMAND\r\n";
constexpr std::size_t shown_bytes = 100;

// The backend will not tell, however often it is asked.
bool is_final_refusal(std::string_view reply) noexcept {
    return reply.starts_with("-NOPERM") || reply.starts_with("-ERR unknown command");
}

std::string_view shown(std::string_view reply) noexcept {
    return reply.substr(0, std::min(shown_bytes, reply.find('\r')));
}

}  // namespace

CatalogueReader::CatalogueReader(net::IoThreads& threads, cache::CacheService& cache,
                                 const Clock& clock, KnownCommands& known)
    : threads_(threads),
      cache_(cache),
      clock_(clock),
      known_(known),
      timer_(threads.lane(lane).get_executor()) {}

void CatalogueReader::start() {
    boost::asio::post(threads_.lane(lane), [this] {
        look();
        wait_for_tick();
    });
}

void CatalogueReader::stop() {
    boost::asio::post(threads_.lane(lane), [this] {
        is_stopped_ = true;
        timer_.cancel();
    });
}

void CatalogueReader::wait_for_tick() {
    if (is_stopped_) return;
    timer_.expires_after(tick);
    timer_.async_wait([this](boost::system::error_code error) {
        if (error || is_stopped_) return;
        look();
        wait_for_tick();
    });
}

void CatalogueReader::look() {
    const auto connections = cache_.backend_connections_made();
    if (is_asking_ || known_for_ == connections) return;
    if (!cache_.backend_is_reachable() || clock_.now() < not_before_) return;
    is_asking_ = true;
    asked_for_ = connections;
    cache_.forward({cache_.home(lane), {question}}, {}, *this);
}

void CatalogueReader::on_forwarded(const net::Slice& answer) {
    const auto reply = answer.bytes;
    is_asking_ = false;
    auto commands = read_commands(reply);
    if (!commands) {
        log::warn("resp", "the backend does not show its table of commands",
                  {{"reply", shown(reply)}});
        not_before_ = clock_.now() + pause;
        if (!is_final_refusal(reply)) return;
        commands.emplace();
    }
    known_for_ = asked_for_;
    publish(std::move(*commands));
}

// A connection that is lost meanwhile is no news: what counts is the next one.
void CatalogueReader::on_not_forwarded(Errc) { is_asking_ = false; }

void CatalogueReader::publish(std::vector<BackendCommand> commands) {
    if (!known_.publish(std::make_unique<const CommandCatalogue>(std::move(commands)))) return;
    const auto& newest = *known_.current();
    log::info("resp", "the backend's table of commands",
              {{"commands", newest.size()},
               {"unknown_here", newest.foreign()},
               {"different_here", newest.differing()},
               {"different", newest.differing_names()}});
}

}  // namespace nearcache::resp_server
