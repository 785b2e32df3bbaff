#include "http/routes/cache_routes.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/duration.hpp"
#include "base/log.hpp"
#include "resp/reply_writer.hpp"

namespace nearcache::http {

namespace {

using cache::CacheService;
using cache::Key;
using cache::LoadOutcome;

void note_source(std::string_view key, std::string_view source) {
    if (!log::debug_enabled()) return;
    log::debug("http", "request", {{"key", key}, {"source", source}});
}

Source hit_of(const cache::Entry& entry, TimePoint now) {
    using std::chrono::duration_cast;
    using std::chrono::seconds;
    Source source;
    source.kind = Source::Kind::hit;
    source.ttl = duration_cast<seconds>(entry.expires_at() - now);
    // It may have been fetched later in the round that this request is served in.
    source.age = std::max(seconds(0), duration_cast<seconds>(now - entry.stored_at()));
    return source;
}

// What is served while it is not fresh has no time left, even if its own is not over.
Source stale_of(const cache::Entry& entry, TimePoint now, std::string_view detail) {
    Source source = hit_of(entry, now);
    source.kind = Source::Kind::stale;
    source.ttl = std::min(std::chrono::seconds(0), *source.ttl);
    source.detail = detail;
    return source;
}

}  // namespace

CacheRoutes::CacheRoutes(Context& context, net::LaneId lane, std::function<void()> on_answered)
    : LoadWaiter(context.cache.home(lane)),
      context_(context),
      on_answered_(std::move(on_answered)) {}

void CacheRoutes::answer(const Request& request, const Asked& asked) {
    asked_ = asked;
    const auto target = split_target(request.target);
    if (!target) return complain(Status::bad_request, "the request target must be a path");
    const auto to = http::route(request.method, *target);
    if (!percent_decode(to.encoded_key, to.plus, key_)) {
        return complain(Status::bad_request, "'%' must be followed by two hexadecimal digits");
    }

    switch (to.action) {
        case Action::look_up:
            return look_up(request);
        case Action::store:
            return store(request, target->query);
        case Action::remove:
            return remove();
        case Action::no_such_key:
            return append_absent(*asked_.out, asked_.manner, Source{});
        case Action::bad_query:
            return complain(Status::bad_request, "a parameter 'key' is needed: /proxy?key=...");
        case Action::not_allowed: {
            const std::string allow = "Allow: " + std::string(to.allowed) + "\r\n";
            const Complaint complaint{Status::method_not_allowed, "method not allowed", allow};
            return append_error(*asked_.out, asked_.manner, complaint);
        }
    }
}

void CacheRoutes::look_up(const Request& request) {
    const Key key(key_);
    switch (find(key, request)) {
        case cache::Lookup::hit:
            return note_source(key_, "cache");
        case cache::Lookup::stale:
            if (!request.has_directives) context_.cache.refresh(key, asked_.now, route());
            return note_source(key_, "cache, stale");
        case cache::Lookup::absent:
            append_absent(*asked_.out, asked_.manner, Source{.kind = Source::Kind::hit});
            return note_source(key_, "cache, absent");
        case cache::Lookup::miss:
            return fetch(key, request);
    }
}

cache::Lookup CacheRoutes::find(const Key& key, const Request& request) {
    const bool has_directives = request.has_directives;
    const auto on_hit = [this, has_directives](const cache::Entry& entry, cache::Lookup how) {
        const auto detail = has_directives ? "max-stale" : "stale-while-revalidate";
        const auto source = how == cache::Lookup::hit ? hit_of(entry, asked_.now)
                                                      : stale_of(entry, asked_.now, detail);
        append_value(*asked_.out, asked_.manner, entry, source);
    };
    auto& cache = context_.cache;
    if (!has_directives) [[likely]]
        return cache.find(key, asked_.now, on_hit);
    return cache.find(key, asked_.now, request.directives, on_hit);
}

void CacheRoutes::fetch(const Key& key, const Request& request) {
    if (request.directives.only_if_cached) {
        append_not_cached(*asked_.out, asked_.manner);
        return note_source(key_, "refused");
    }
    if (!take_permit()) return note_source(key_, "refused");
    // What may have turned away something fresh; the others cannot.
    const auto& directives = request.directives;
    is_on_request_ = directives.no_cache || directives.max_age || directives.min_fresh;
    const auto joined = context_.cache.load(key, asked_.now, request.directives, *this);
    is_collapsed_ = joined != CacheService::Joined::opened;
    note_source(key_, "backend");
}

void CacheRoutes::store(const Request& request, std::string_view query) {
    std::string milliseconds;
    if (const auto ttl = query_parameter(query, "ttl")) {
        const auto length = parse_duration(*ttl);
        if (!length || length->count() <= 0) {
            return complain(Status::bad_request, "ttl must be a time such as 60, 500ms, 5s or 2m");
        }
        milliseconds = std::to_string(length->count());
    }
    std::string command;
    if (milliseconds.empty()) {
        resp::append_command(command, std::array<std::string_view, 3>{"SET", key_, request.body});
    } else {
        resp::append_command(command, std::array<std::string_view, 5>{"SET", key_, request.body,
                                                                      "PX", milliseconds});
    }
    send(std::move(command));
}

void CacheRoutes::remove() {
    std::string command;
    resp::append_command(command, std::array<std::string_view, 2>{"DEL", key_});
    send(std::move(command));
}

void CacheRoutes::send(std::string command) {
    const bool is_sent = take_permit();
    note_source(key_, is_sent ? "backend" : "refused");
    if (!is_sent) return;
    cache::Written written;
    written.hashes.push_back(Key(key_).hash);
    context_.cache.forward({route(), {command}}, std::move(written), *this);
}

bool CacheRoutes::take_permit() {
    permit_ = context_.in_flight.try_acquire();
    if (!permit_) append_failure(*asked_.out, asked_.manner, Errc::overloaded);
    return permit_.has_value();
}

void CacheRoutes::complain(Status status, std::string_view text) {
    note_source(key_, "proxy");
    append_error(*asked_.out, asked_.manner, {status, text});
}

void CacheRoutes::on_loaded(const LoadOutcome& outcome) {
    auto& out = *asked_.out;
    Source source;
    if (outcome.is_stale && outcome.entry) {
        source = stale_of(*outcome.entry, context_.clock.now(), "stale-if-error");
    } else if (outcome.is_stale) {
        source = {.kind = Source::Kind::stale, .detail = "stale-if-error"};
    } else {
        source.kind = Source::Kind::fetched;
        source.is_stored = outcome.is_kept;
        source.is_collapsed = is_collapsed_;
        source.is_on_request = is_on_request_;
    }
    switch (outcome.kind) {
        case LoadOutcome::Kind::value:
            append_value(out, asked_.manner, *outcome.entry, source);
            break;
        case LoadOutcome::Kind::absent:
            append_absent(out, asked_.manner, source);
            break;
        case LoadOutcome::Kind::error:
            append_backend_error(out, asked_.manner, outcome.error);
            break;
        case LoadOutcome::Kind::failure:
            append_failure(out, asked_.manner, outcome.failure);
            break;
    }
    answered();
}

void CacheRoutes::on_forwarded(const net::Slice& answer) {
    const auto reply = answer.bytes;
    auto& out = *asked_.out;
    if (reply == ":0\r\n") {
        append_absent(out, asked_.manner, Source{});
    } else if (reply.starts_with('+') || reply.starts_with(':')) {
        append_no_content(out, asked_.manner);
    } else if (reply.starts_with('-')) {
        append_backend_error(out, asked_.manner, reply.substr(1, reply.size() - 3));
    } else {
        append_failure(out, asked_.manner, Errc::backend_protocol_error);
    }
    answered();
}

void CacheRoutes::on_not_forwarded(Errc why) {
    append_failure(*asked_.out, asked_.manner, why);
    answered();
}

void CacheRoutes::answered() {
    permit_.reset();
    on_answered_();
}

}  // namespace nearcache::http
