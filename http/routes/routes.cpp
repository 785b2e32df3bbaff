#include "http/routes/routes.hpp"

#include <string>
#include <utility>

#include "http/cors.hpp"
#include "http/credentials.hpp"
#include "http/routes/documents.hpp"
#include "http/routes/front_page.hpp"

namespace nearcache::http {

namespace {

using boost::beast::http::verb;

void complain(const Asked& asked, Status status, std::string_view text) {
    append_error(*asked.out, asked.manner, {status, text});
}

void refuse_foreign(const Asked& asked) {
    complain(asked, Status::forbidden,
             "pages of this origin may not change anything: it is not in http.cors_origins");
}

bool only_reads(verb method) noexcept {
    return method == verb::get || method == verb::head || method == verb::options;
}

}  // namespace

Routes::Routes(Context& context, net::LaneId lane, std::function<void()> on_answered)
    : desk_{context, lane, std::move(on_answered)} {}

void Routes::answer(Request& request, Asked asked) {
    suit(request, asked.manner);
    if (refuses(request, asked)) return;

    const auto target = split_target(request.target);
    if (!target) return complain(asked, Status::bad_request, "the request target must be a path");
    const auto to = route(request.method, *target, {request.is_json, request.accepts_html});
    hand_over(to, *target, request, asked);
}

bool Routes::turns_away(const Request& request, Asked asked) const {
    suit(request, asked.manner);
    return refuses(request, asked);
}

void Routes::suit(const Request& request, Manner& manner) const {
    const auto& config = desk_.context.config;
    manner.errors = error_form_of(request);
    manner.varies_by_origin = !config.cors_origins.empty();
    manner.allowed_origin = allowed_origin(config, request.fields.origin);
}

// A preflight comes without credentials.
bool Routes::refuses(const Request& request, const Asked& asked) const {
    const auto& config = desk_.context.config;
    if (request.expects_the_unknown) {
        complain(asked, Status::expectation_failed, "Expect can be 100-continue only");
        return true;
    }
    if (request.method == verb::options) return false;
    if (!config.token.empty() && !shows_token(request.fields.authorization, config.token)) {
        append_error(*asked.out, asked.manner,
                     {Status::unauthorized, "Authorization: Bearer with the right token is needed",
                      "WWW-Authenticate: Bearer realm=\"nearcache\"\r\n"});
        return true;
    }
    // SUBSCRIBE by @upstash/redis; the path would be taken for a key, and the body for its value.
    if (request.method == verb::post && request.accepts_events) {
        complain(asked, Status::not_implemented,
                 "SUBSCRIBE needs a connection of RESP: there are no event streams here");
        return true;
    }
    if (!only_reads(request.method) && is_foreign(config, request)) {
        refuse_foreign(asked);
        return true;
    }
    return false;
}

void Routes::hand_over(const Route& to, const Target& target, Request& request,
                       const Asked& asked) {
    switch (to.action) {
        case Action::look_up:
            return cache_.look_up(to, request, asked);
        case Action::store:
            return writes_.store(to, target.query, request, asked);
        case Action::remove:
            return writes_.remove(to, request, asked);
        case Action::options:
            return answer_options(to, request, asked);
        case Action::command:
            return commands_.execute(CommandForm::single, request, asked);
        case Action::pipeline:
            return commands_.execute(CommandForm::pipeline, request, asked);
        case Action::transaction:
            return commands_.execute(CommandForm::transaction, request, asked);
        case Action::many:
            return commands_.get_many(target.query, request, asked);
        case Action::origin:
            // It reads, and yet it may write what it has fetched.
            if (is_foreign(desk_.context.config, request)) return refuse_foreign(asked);
            return origin_.answer(target.query, request, asked);
        case Action::front_page:
            return append_front_page(desk_.context, request, asked);
        case Action::document:
            return append_document(to.encoded_key, asked);
        case Action::no_such_key:
            return append_absent(*asked.out, asked.manner, Source{});
        case Action::bad_query:
            return complain(asked, Status::bad_request,
                            "a parameter 'key' is needed: /proxy?key=...");
        case Action::not_allowed: {
            const auto allow = "Allow: " + std::string(to.allowed) + "\r\n";
            return append_error(*asked.out, asked.manner,
                                {Status::method_not_allowed, "method not allowed", allow});
        }
    }
}

void Routes::answer_options(const Route& to, const Request& request, const Asked& asked) const {
    const auto fields = "Allow: " + std::string(to.allowed) + "\r\n" +
                        preflight_fields(desk_.context.config, request);
    append_empty(*asked.out, asked.manner, Status::no_content, fields);
}

}  // namespace nearcache::http
