#include "backend/redis/tracking.hpp"

#include <algorithm>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>

#include "backend/redis/codec.hpp"
#include "backend/redis/greeting.hpp"
#include "backend/redis/token.hpp"
#include "base/log.hpp"

namespace nearcache::backend::redis {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

// As many keys are told in one go, before timers get their turn: a message may name 50,000.
constexpr std::size_t slice_size = 256;

std::string ping_command(std::string_view token) {
    const std::string_view words[] = {"PING", token};
    return format_command(words);
}

}  // namespace

Tracking::Tracking(const Context& shared, Link& first_link)
    : shared_(shared),
      config_(shared.config.tracking),
      context_(shared.threads.control()),
      first_link_(first_link),
      connector_(context_, shared.config, [] {}),
      conversation_(context_, shared.clock),
      heartbeat_timer_(context_.get_executor()),
      pause_timer_(context_.get_executor()),
      backoff_(shared.config.reconnect_min, shared.config.reconnect_max),
      heartbeat_(config_.heartbeat, config_.max_staleness) {
    slice_.reserve(slice_size);
}

void Tracking::start(InvalidationListener& listener) {
    listener_ = &listener;
    asio::co_spawn(context_.get_executor(), keep_armed(), net::report_failure("redis tracking"));
}

void Tracking::stop() {
    asio::post(context_, [this] {
        is_stopped_ = true;
        is_connected_ = false;
        is_armed_ = false;
        connector_.stop();
        conversation_.close();
        heartbeat_timer_.cancel();
        pause_timer_.cancel();
    });
}

net::Awaitable<> Tracking::keep_armed() {
    while (!is_stopped_) {
        co_await live();
        if (is_stopped_) break;
        if (end_ == End::lost) backoff_.reset();
        if (end_ != End::lost) co_await pause();
    }
}

net::Awaitable<> Tracking::pause() {
    pause_timer_.expires_after(end_ == End::refused ? config_.retry_after_refusal
                                                    : backoff_.next());
    co_await pause_timer_.async_wait(net::no_throw);
}

// One connection, from its making to its end.
net::Awaitable<> Tracking::live() {
    end_ = End::failed;
    const bool has_connection = co_await connector_.attempt(home_footing(shared_.config));
    if (is_stopped_) co_return;
    if (!has_connection) co_return report_failure(connector_.why());

    conversation_.begin(connector_.take_socket());
    shared_.acquaintance.set_teller(run_fingerprint(connector_.run_id()));
    heartbeat_ = Heartbeat(config_.heartbeat, config_.max_staleness);
    canary_watch_ = CanaryWatch{};
    is_healthy_ = false;
    is_connected_ = true;
    const bool is_subscribed = co_await arm();
    if (is_subscribed && !is_stopped_) co_await listen();
    is_connected_ = false;
    heartbeat_timer_.cancel();
    conversation_.close();
}

net::Awaitable<bool> Tracking::arm() {
    auto token = random_token();
    Arming arming(config_.prefixes, token);
    for (;;) {
        if (arming.is_last()) heartbeat_.send(shared_.clock.now(), token);
        auto command = arming.command();
        const bool is_answered =
            co_await conversation_.ask(std::move(command), shared_.config.connect_timeout);
        if (is_stopped_) co_return false;
        if (!is_answered) end(End::failed, conversation_.why());
        if (!is_answered) co_return false;
        switch (arming.on_answer(conversation_.answer())) {
            case Arming::Verdict::go_on:
                break;
            case Arming::Verdict::armed:
                co_return true;
            case Arming::Verdict::refused:
                end(End::refused, arming.why());
                co_return false;
            case Arming::Verdict::failed:
                end(End::failed, arming.why());
                co_return false;
        }
    }
}

net::Awaitable<> Tracking::listen() {
    constexpr boost::asio::use_awaitable_t<Executor> resume{};
    on_pong();
    if (config_.sends_canary) {
        send_canary();
    } else {
        become_armed(Proof::handshake, "not wanted");
    }
    while (is_connected_) {
        const bool is_all_taken = take_items();
        if (!is_connected_) break;
        if (!is_all_taken) {
            co_await asio::post(context_.get_executor(), resume);
            continue;
        }
        const error_code error = co_await conversation_.read_some();
        if (error && is_connected_) {
            end(End::failed, error == asio::error::eof ? "closed by the server" : error.message());
        }
    }
}

// False: there is more, but others should have their turn first.
bool Tracking::take_items() {
    using Kind = PushReader::Kind;
    while (is_connected_) {
        const auto item = conversation_.next();
        if (item.kind != Kind::keys && item.kind != Kind::key) tell_changed();
        conversation_.consume(item);
        switch (item.kind) {
            case Kind::need_more:
                return true;
            case Kind::malformed:
                end(End::failed, "what came is not RESP2");
                return true;
            case Kind::reply:
                take_reply(item.bytes);
                break;
            case Kind::keys:
                break;
            case Kind::key:
                take_key(item.bytes);
                if (slice_.size() < slice_size) break;
                tell_changed();
                return false;
            case Kind::everything:
                if (is_armed_) listener_->on_everything_changed();
                break;
            case Kind::forged:
                if (is_armed_) listener_->on_forged();
                break;
        }
    }
    return true;
}

void Tracking::take_key(std::string_view key) {
    if (!canary_watch_.is_ours(key)) return slice_.push_back(key);
    // What came before it is older than the epoch that it begins.
    tell_changed();
    if (canary_watch_.is_open()) become_armed(Proof::canary, {});
}

void Tracking::tell_changed() {
    if (is_armed_ && !slice_.empty()) listener_->on_changed(slice_);
    slice_.clear();
}

void Tracking::take_reply(std::string_view bytes) {
    const auto reply = decode(bytes);
    const bool is_pong_due = reply && heartbeat_.is_out();
    if (is_pong_due && (is_pong(*reply, heartbeat_.token()) || is_pong_of_readonly_disk(*reply))) {
        return on_pong();
    }
    end(End::failed, "unexpected: " + std::string(bytes.substr(0, bytes.find('\r'))));
}

void Tracking::on_pong() {
    const auto now = shared_.clock.now();
    const auto proof = heartbeat_.on_pong(now);
    watch_heartbeat();
    if (!proof) return;
    if (is_armed_) {
        is_healthy_ = true;
        listener_->on_proven(proof->proven_at, proof->round_trip);
    } else if (canary_watch_.is_missing(proof->proven_at, now, config_.max_staleness)) {
        end(End::refused,
            "the server says OK and delivers nothing, not even a change that was made to try it "
            "out: is there a proxy in between?");
    }
}

void Tracking::watch_heartbeat() {
    heartbeat_timer_.expires_at(heartbeat_.wakes_at());
    heartbeat_timer_.async_wait([this](error_code error) {
        if (!error && is_connected_) on_heartbeat();
    });
}

void Tracking::on_heartbeat() {
    const auto now = shared_.clock.now();
    if (heartbeat_.is_late(now)) return end(End::failed, "no answer to a ping in time");
    if (heartbeat_.is_due(now)) {
        const auto token = random_token();
        heartbeat_.send(now, token);
        conversation_.send(ping_command(token));
    }
    watch_heartbeat();
}

void Tracking::send_canary() {
    const auto& prefixes = config_.prefixes;
    auto key = canary_key(prefixes.empty() ? std::string_view() : prefixes[0], random_token());
    canary_watch_.begin(key);
    canaries_.push_back(std::make_unique<Canary>(std::move(key), context_));
    auto& canary = *canaries_.back();
    canary.start(shared_.threads.lane(0), first_link_,
                 [this, &canary](const auto& outcome) { on_canary_done(canary, outcome); });
}

void Tracking::on_canary_done(const Canary& canary, const Canary::Outcome& outcome) {
    // It may be one of an older connection, or have been told of already.
    const bool is_awaited = canary_watch_.is_open() && canary_watch_.is_ours(canary.key());
    std::erase_if(canaries_, [&canary](const auto& one) { return one.get() == &canary; });
    if (!is_connected_ || !is_awaited) return;
    switch (outcome.kind) {
        case Canary::Outcome::Kind::refused:
            return become_armed(Proof::handshake, outcome.why);
        case Canary::Outcome::Kind::unreachable:
            // Nothing can be fetched either, so nothing is lost by waiting for a better proof.
            return end(End::failed, "no data connection to try it out with: " + outcome.why);
        case Canary::Outcome::Kind::written:
            break;
    }
    if (!shared_.acquaintance.is_told_of(outcome.server)) {
        return end(End::refused,
                   "commands reach another server than the control connection, by their run_id: is "
                   "there a load balancer in between?");
    }
    canary_watch_.on_written(shared_.clock.now());
}

void Tracking::become_armed(Proof proof, std::string_view no_canary_because) {
    canary_watch_.end();
    is_armed_ = true;
    last_failure_.clear();
    last_refusal_.clear();
    Armed armed;
    // Whatever is asked of the server from now on comes from after that ping.
    armed.proven_at = heartbeat_.answered_ping_sent_at();
    armed.proof = proof;
    armed.run_id = connector_.run_id();
    auto proven_by = std::string(proof == Proof::canary ? "canary" : "handshake");
    if (proof != Proof::canary) proven_by.append(", no canary: ").append(no_canary_because);
    log::info("backend", "told of changes",
              {{"url", shared_.config.url.without_secrets()},
               {"proof", proven_by},
               {"run_id", armed.run_id}});
    listener_->on_armed(armed);
}

// What the timers or a message say ends the connection at once: nothing of it is told any more, and
// the coroutine that reads it finds it closed.
void Tracking::end(End how, std::string_view why) {
    if (!std::exchange(is_connected_, false)) return;
    end_ = how == End::failed && is_healthy_ ? End::lost : how;
    conversation_.close();
    slice_.clear();
    if (std::exchange(is_armed_, false)) {
        log::warn("backend", "no longer told of changes",
                  {{"url", shared_.config.url.without_secrets()}, {"why", why}});
        listener_->on_lost(why);
    } else if (how == End::refused) {
        shared_.acquaintance.set_teller(0);
        report_refusal(why);
    } else {
        report_failure(why);
    }
}

// Each reason once, however often it is tried again.
void Tracking::report_failure(std::string_view why) {
    if (std::exchange(last_failure_, why) == why) return;
    log::warn("backend", "cannot be told of changes now, trying on",
              {{"url", shared_.config.url.without_secrets()}, {"why", why}});
}

void Tracking::report_refusal(std::string_view why) {
    last_failure_.clear();
    if (std::exchange(last_refusal_, why) == why) return;
    log::warn("backend", "refuses to tell of changes",
              {{"url", shared_.config.url.without_secrets()}, {"why", why}});
    listener_->on_refused(why);
}

}  // namespace nearcache::backend::redis
