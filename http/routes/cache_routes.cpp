#include "http/routes/cache_routes.hpp"

#include <utility>

#include "http/routes/key_requests.hpp"
#include "http/routes/shown_value.hpp"

namespace nearcache::http {

namespace {

using cache::CacheService;
using cache::Key;
using cache::LoadOutcome;

}  // namespace

CacheRoutes::CacheRoutes(const Desk& desk)
    : LoadWaiter(desk.context.cache.home(desk.lane)), desk_(desk), context_(desk.context) {}

void CacheRoutes::look_up(const Route& to, Request& request, const Asked& asked) {
    asked_ = asked;
    if (!decode_key(to, asked_, key_)) return;
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
    const auto* const fields = request.has_fields ? &request.fields : nullptr;
    const auto on_hit = [this, has_directives, fields](const cache::Entry& entry,
                                                       cache::Lookup how) {
        const auto detail = has_directives ? "max-stale" : "stale-while-revalidate";
        const auto source = how == cache::Lookup::hit ? hit_of(entry, asked_.now)
                                                      : stale_of(entry, asked_.now, detail);
        show(entry, source, fields);
    };
    auto& cache = context_.cache;
    if (!has_directives) [[likely]]
        return cache.find(key, asked_.now, on_hit);
    return cache.find(key, asked_.now, request.directives, on_hit);
}

void CacheRoutes::show(const cache::Entry& entry, const Source& source,
                       const Fields* fields) const {
    show_value(asked_, {entry, context_.cache.content_type(entry)}, source, fields);
}

void CacheRoutes::fetch(const Key& key, Request& request) {
    if (request.directives.only_if_cached) {
        append_not_cached(*asked_.out, asked_.manner);
        return note_source(key_, "refused");
    }
    permit_ = permit_or_refuse(context_, asked_);
    if (!permit_) return note_source(key_, "refused");
    fields_.reset();
    if (request.has_fields) fields_ = std::move(request.fields);
    // What may have turned away something fresh; the others cannot.
    const auto& directives = request.directives;
    is_on_request_ = directives.no_cache || directives.max_age || directives.min_fresh;
    const auto joined = context_.cache.load(key, asked_.now, request.directives, *this);
    is_collapsed_ = joined != CacheService::Joined::opened;
    note_source(key_, "backend");
}

void CacheRoutes::on_loaded(const LoadOutcome& outcome) {
    auto& out = *asked_.out;
    const auto now = context_.clock.now();
    Source source;
    if (outcome.is_stale && outcome.entry) {
        source = stale_of(*outcome.entry, now, "stale-if-error");
    } else if (outcome.is_stale) {
        source = {.kind = Source::Kind::stale, .detail = "stale-if-error"};
    } else {
        source.kind = Source::Kind::fetched;
        source.is_stored = outcome.is_kept;
        source.is_collapsed = is_collapsed_;
        source.is_on_request = is_on_request_;
        if (outcome.is_kept && outcome.entry) source.ttl = hit_of(*outcome.entry, now).ttl;
    }
    switch (outcome.kind) {
        case LoadOutcome::Kind::value:
            show(*outcome.entry, source, fields_ ? &*fields_ : nullptr);
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
    permit_.reset();
    desk_.on_answered();
}

}  // namespace nearcache::http
