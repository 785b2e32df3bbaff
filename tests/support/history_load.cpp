#include "tests/support/history_load.hpp"

#include <utility>

#include "tests/support/history_clients.hpp"
#include "tests/support/http_client.hpp"
#include "tests/support/test_client.hpp"

namespace nearcache::tests {

std::string hot_key(std::uint32_t number) { return "hot:" + std::to_string(number); }

HotKeys::Turn HotKeys::take(std::uint32_t key) {
    Turn turn;
    turn.lock_ = std::unique_lock(keys_[key].mutex);
    turn.version_ = ++keys_[key].last_version;
    return turn;
}

void HotKeys::pause() {
    std::unique_lock lock(mutex_);
    has_stopped_.wait_for(lock, milliseconds(2), [this] { return stops_; });
}

void HotKeys::stop() {
    const std::lock_guard lock(mutex_);
    stops_ = true;
    has_stopped_.notify_all();
}

HistoryLoad::HistoryLoad(const HistoryPorts& ports) {
    constexpr std::uint32_t of_each_kind = 8;
    const auto member = [&] {
        return HistoryMember{keys_, ports, static_cast<std::uint32_t>(clients_.size())};
    };
    for (std::uint32_t i = 0; i < of_each_kind / 2; ++i) {
        clients_.push_back(redis_writer(member()));
        clients_.push_back(i % 2 == 0 ? resp_writer(member()) : http_writer(member()));
    }
    for (std::uint32_t i = 0; i < of_each_kind; ++i) {
        clients_.push_back(resp_reader(member()));
        clients_.push_back(http_reader(member()));
    }
    for (const auto& client : clients_) {
        threads_.push_back(
            std::make_unique<Background>([one = client.get()] { return one->step(); }));
    }
}

std::string HistoryLoad::stop() {
    keys_.stop();
    std::string first;
    for (const auto& thread : threads_) {
        const auto surprise = thread->stop();
        if (first.empty()) first = surprise;
    }
    return first;
}

History HistoryLoad::history() const {
    History all;
    for (const auto& client : clients_) all.append(client->history());
    return all;
}

std::size_t HistoryLoad::errors() const {
    std::size_t errors = 0;
    for (const auto& client : clients_) errors += client->errors();
    return errors;
}

std::vector<std::string> disagreements(const HistoryPorts& ports) {
    TestClient redis(ports.redis);
    TestClient resp(ports.resp);
    HttpClient http(ports.http);
    std::vector<std::string> all;
    for (std::uint32_t number = 0; number < hot_keys; ++number) {
        const auto key = hot_key(number);
        const auto right = text_of(redis.ask({"GET", key}));
        const auto over_resp = text_of(resp.ask({"GET", key}));
        const auto response = http.get("/" + key);
        const auto over_http = response.status == 404 ? "(nil)" : response.body;
        if (over_resp == right && over_http == right) continue;
        all.push_back(key + " is " + right + ", over RESP " + over_resp + ", over HTTP " +
                      over_http);
    }
    return all;
}

}  // namespace nearcache::tests
