#include "backend/redis/canary.hpp"

#include <array>
#include <utility>

#include <boost/asio/post.hpp>

#include "backend/redis/codec.hpp"

namespace nearcache::backend::redis {

Canary::Canary(std::string key, net::IoContext& asker) : key_(std::move(key)), asker_(asker) {}

// Both go in one write, one right behind the other. No MULTI: a server that then refused EXEC would
// leave a transaction open on a link that all clients of the lane share.
void Canary::start(net::IoContext& lane, Link& link, OnDone on_done) {
    link_ = &link;
    on_done_ = std::move(on_done);
    boost::asio::post(lane, [this] {
        link_->forward({canary_set(key_)}, *this);
        link_->forward({canary_removal(key_)}, *this);
    });
}

void Canary::on_reply(const net::Slice& reply) {
    if (std::exchange(is_set_answered_, true)) return finish();
    const auto value = decode(reply.bytes);
    if (value && value->is_simple("OK")) {
        outcome_.kind = Outcome::Kind::written;
    } else {
        outcome_.why = value ? value->text : "it was not answered as Redis does";
    }
}

void Canary::on_failure(Errc why) {
    if (std::exchange(is_set_answered_, true)) return finish();
    outcome_.kind = Outcome::Kind::unreachable;
    outcome_.why = describe(why);
}

void Canary::finish() {
    outcome_.server = link_->server();
    boost::asio::post(asker_, [this] {
        const auto on_done = std::move(on_done_);
        const auto outcome = std::move(outcome_);
        on_done(outcome);
    });
}

std::string canary_set(std::string_view key) {
    constexpr std::string_view life_in_milliseconds = "10000";
    const std::array<std::string_view, 5> words{"SET", key, "", "PX", life_in_milliseconds};
    return format_command(words);
}

std::string canary_removal(std::string_view key) {
    const std::array<std::string_view, 2> words{"DEL", key};
    return format_command(words);
}

std::string canary_key(std::string_view prefix, std::string_view token) {
    return std::string(prefix) + "__nearcache_canary__:" + std::string(token);
}

}  // namespace nearcache::backend::redis
