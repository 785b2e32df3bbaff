#include "http/routes/origin_routes.hpp"

#include <utility>

#include "base/duration.hpp"
#include "http/origin/companion.hpp"
#include "http/origin/params.hpp"
#include "http/routes/key_requests.hpp"
#include "http/routes/shown_value.hpp"
#include "http/target.hpp"
#include "net/tls_digest.hpp"

namespace nearcache::http {

namespace {

using cache::Key;
using cache::Lookup;
using origin::Landing;

// A parameter of the query, decoded; nothing when it is not there or not well-formed.
std::optional<std::string> parameter(std::string_view query, std::string_view name) {
    const auto encoded = query_parameter(query, name);
    std::string text;
    if (!encoded || !percent_decode(*encoded, Plus::is_space, text)) return std::nullopt;
    return text;
}

bool has_parameter(std::string_view query, std::string_view name) noexcept {
    return query_parameter(query, name).has_value();
}

}  // namespace

OriginRoutes::OriginRoutes(const Desk& desk)
    : Waiter(desk.lane), desk_(desk), context_(desk.context) {}

void OriginRoutes::answer(std::string_view query, Request& request, const Asked& asked) {
    asked_ = asked;
    if (context_.origin == nullptr || !context_.origin->is_on()) {
        return complain(Status::forbidden,
                        "nothing is fetched here: origin.allow would have to list what may be");
    }
    auto order = read_order(query);
    if (!order) return;
    order->has_directives = request.has_directives;
    order->directives = request.directives;
    if (answer_from_cache(*order, request)) return note_source(order->key, "cache");
    if (request.directives.only_if_cached) {
        append_not_cached(*asked_.out, asked_.manner);
        return note_source(order->key, "refused");
    }
    load(*std::move(order), request);
}

std::optional<origin::Order> OriginRoutes::read_order(std::string_view query) const {
    auto key = read_key(query);
    if (!key) return std::nullopt;
    auto url = read_url(query);
    if (!url) return std::nullopt;
    const auto ttl = read_ttl(query);
    if (!ttl) return std::nullopt;
    if (!key->starts_with(context_.origin->config().key_prefix)) {
        complain(Status::forbidden, "only keys that begin with origin.key_prefix, which is '" +
                                        context_.origin->config().key_prefix + "', can be fetched");
        return std::nullopt;
    }
    if (!context_.origin->allows(*url)) {
        complain(Status::forbidden, "origin.allow does not list this URL");
        return std::nullopt;
    }
    auto digest = net::sha256_hex(url->text());
    return origin::Order{.key = *std::move(key),
                         .url = *std::move(url),
                         .url_digest = std::move(digest),
                         .ttl = *ttl};
}

std::optional<std::string> OriginRoutes::read_key(std::string_view query) const {
    auto key = parameter(query, "key");
    if (!key || key->empty()) {
        complain(Status::bad_request, "a parameter 'key' is needed: /?url=...&key=...");
        return std::nullopt;
    }
    if (origin::is_companion_key(*key)) {
        complain(Status::bad_request, "keys that end in '#origin' are nearcache's own");
        return std::nullopt;
    }
    return key;
}

std::optional<origin::Url> OriginRoutes::read_url(std::string_view query) const {
    const auto text = parameter(query, "url");
    auto url = text ? origin::parse_url(*text) : std::nullopt;
    if (!url) {
        complain(Status::bad_request,
                 "url must be a URL of http or https, percent-encoded, without a user name");
        return std::nullopt;
    }
    if (!has_parameter(query, "params")) return url;
    const auto json = parameter(query, "params");
    const auto params = json ? origin::query_of_params(*json) : std::nullopt;
    if (!params) {
        complain(Status::bad_request,
                 "params must be a flat JSON object of strings, numbers and booleans");
        return std::nullopt;
    }
    url->add_to_query(*params);
    return url;
}

std::optional<std::chrono::milliseconds> OriginRoutes::read_ttl(std::string_view query) const {
    const auto most = context_.origin->config().ttl;
    if (!has_parameter(query, "ttl")) return most;
    const auto text = parameter(query, "ttl");
    const auto ttl = text ? parse_duration(*text) : std::nullopt;
    if (!ttl || ttl->count() <= 0) {
        complain(Status::bad_request, "ttl must be a time such as 60, 500ms, 5s or 2m");
        return std::nullopt;
    }
    return std::min(*ttl, most);
}

// Only with a value that came from this URL, or from nobody knows where.
bool OriginRoutes::answer_from_cache(const origin::Order& order, const Request& request) {
    auto& cache = context_.cache;
    if (request.directives.no_cache) return false;
    std::optional<std::string> companion;
    const auto note = [&companion](const cache::Entry& entry, Lookup) {
        companion = entry.value();
    };
    const auto companion_key = origin::companion_key(order.key);
    const auto noted = cache.find(Key(companion_key), asked_.now, cache::Directives{}, note);
    if (noted == Lookup::miss) return false;
    // Without a channel from the backend, that there is none may have been true once.
    const bool is_told = cache.config().coherence.mode != cache::Coherence::Mode::ttl;
    if (noted == Lookup::absent && !is_told) return false;

    bool is_shown = false;
    const auto* const fields = request.has_fields ? &request.fields : nullptr;
    const auto detail = request.has_directives ? "max-stale" : "stale-while-revalidate";
    const auto show = [&](const cache::Entry& entry, Lookup how) {
        is_shown =
            !companion || origin::companion_fits(*companion, order.url_digest, entry.value_hash());
        if (!is_shown) return;
        const auto source =
            how == Lookup::hit ? hit_of(entry, asked_.now) : stale_of(entry, asked_.now, detail);
        show_value(asked_, {entry, cache.content_type(entry)}, source, fields);
    };
    const Key key(order.key);
    if (request.has_directives) {
        cache.find(key, asked_.now, request.directives, show);
    } else if (cache.find(key, asked_.now, show) == Lookup::stale) {
        cache.refresh(key, asked_.now, cache.home(desk_.lane));
    }
    return is_shown;
}

void OriginRoutes::load(origin::Order order, Request& request) {
    permit_ = permit_or_refuse(context_, asked_);
    note_source(order.key, permit_ ? "backend or origin" : "refused");
    if (!permit_) return;
    fields_.reset();
    if (request.has_fields) fields_ = std::move(request.fields);
    const auto& directives = order.directives;
    is_on_request_ = directives.no_cache || directives.max_age || directives.min_fresh;
    context_.origin->load(std::move(order), *this);
}

void OriginRoutes::on_landed(const Landing& landing, bool joined) {
    auto& out = *asked_.out;
    switch (landing.kind) {
        case Landing::Kind::value: {
            const Shown shown{*landing.entry, context_.cache.content_type(*landing.entry)};
            show_value(asked_, shown, source_of(landing, joined), fields_ ? &*fields_ : nullptr);
            break;
        }
        case Landing::Kind::refused:
            append_error(out, asked_.manner, {landing.status, landing.text});
            break;
        case Landing::Kind::backend_error:
            append_backend_error(out, asked_.manner, landing.text);
            break;
        case Landing::Kind::failure:
            append_failure(out, asked_.manner, landing.why);
            break;
    }
    permit_.reset();
    desk_.on_answered();
}

Source OriginRoutes::source_of(const Landing& landing, bool joined) const {
    auto source = landing.source;
    const auto now = context_.clock.now();
    if (source.kind == Source::Kind::stale) return stale_of(*landing.entry, now, source.detail);
    // An answer that is not kept is nobody's to keep.
    if (source.is_stored) source.ttl = hit_of(*landing.entry, now).ttl;
    source.is_collapsed = joined;
    source.is_on_request = is_on_request_;
    return source;
}

void OriginRoutes::complain(Status status, std::string_view text) const {
    append_error(*asked_.out, asked_.manner, {status, text});
}

}  // namespace nearcache::http
