#include "http/routes/write_routes.hpp"

#include <array>
#include <utility>
#include <vector>

#include "base/duration.hpp"
#include "base/hash.hpp"
#include "http/conditions.hpp"
#include "http/entity_tag.hpp"
#include "http/field_text.hpp"
#include "http/routes/key_requests.hpp"
#include "resp/reply_writer.hpp"

namespace nearcache::http {

namespace {

using std::chrono::milliseconds;

void complain(const Asked& asked, Status status, std::string_view text) {
    append_error(*asked.out, asked.manner, {status, text});
}

// How long the value is to live, by the query or by Cache-Control; 0: for ever. Empty when the
// query says nonsense. A browser that reloads says max-age=0, and means nothing by it.
std::optional<milliseconds> life_of(std::string_view query, const Request& request) {
    const auto ttl = query_parameter(query, "ttl");
    if (!ttl && request.directives.max_age && request.has_broken_number) return std::nullopt;
    if (!ttl) return request.directives.max_age.value_or(milliseconds(0));
    const auto length = parse_duration(*ttl);
    if (!length || length->count() <= 0) return std::nullopt;
    return *length;
}

// "If-Match: *": on whatever is there.
bool asks_for_any(const Request& request) noexcept {
    return request.fields.if_match == "*" && request.fields.if_none_match.empty();
}

}  // namespace

WriteRoutes::WriteRoutes(const Desk& desk) : desk_(desk), context_(desk.context) {}

void WriteRoutes::store(const Route& to, std::string_view query, Request& request,
                        const Asked& asked) {
    if (!request.has_body) {
        return complain(asked, Status::length_required,
                        "a value is needed, with Content-Length or in chunks");
    }
    // RFC 9110, 14.5: a part must not be taken for the whole.
    if (request.has_content_range) {
        return complain(asked, Status::bad_request,
                        "a value can be written as a whole only, without Content-Range");
    }
    const auto life = life_of(query, request);
    if (!life) {
        return complain(asked, Status::bad_request,
                        query_parameter(query, "ttl")
                            ? "ttl must be a time such as 60, 500ms, 5s or 2m"
                            : "max-age must be a whole number of seconds");
    }
    if (!begin(to, asked)) return;
    stored_hash_ = content_hash(request.body);

    const auto milliseconds = std::to_string(life->count());
    const bool creates = request.fields.if_none_match == "*" && request.fields.if_match.empty();
    const bool replaces = asks_for_any(request);
    std::vector<std::string_view> words{"SET", key_, request.body};
    if (life->count() > 0) words.insert(words.end(), {"PX", milliseconds});
    if (creates) words.emplace_back("NX");
    if (replaces) words.emplace_back("XX");
    std::string command;
    resp::append_command(command, words);
    send(creates ? Kind::creating : replaces ? Kind::replacing : Kind::storing, command, request);
}

void WriteRoutes::remove(const Route& to, Request& request, const Asked& asked) {
    if (!begin(to, asked)) return;
    std::string command;
    resp::append_command(command, std::array<std::string_view, 2>{"DEL", key_});
    send(asks_for_any(request) ? Kind::removing_any : Kind::removing, command, request);
}

bool WriteRoutes::begin(const Route& to, const Asked& asked) {
    asked_ = asked;
    if (!decode_key(to, asked_, key_)) return false;
    permit_ = permit_or_refuse(context_, asked_);
    note_source(key_, permit_ ? "backend" : "refused");
    return permit_.has_value();
}

// What Redis can decide by itself needs nothing else of it.
void WriteRoutes::send(Kind kind, const std::string& command, Request& request) {
    kind_ = kind;
    const bool is_decided = kind != Kind::storing && kind != Kind::removing;
    if (request.fields.is_conditional() && !is_decided) return send_if(command, request);
    if (kind == Kind::storing) ask_existence();
    context_.cache.forward({context_.cache.home(desk_.lane), {command}}, writing(key_), *this);
}

void WriteRoutes::send_if(const std::string& command, Request& request) {
    fields_ = std::move(request.fields);
    auto test = [this](const std::string_view* value) {
        existence_.was_there = value != nullptr;
        return allows_write(fields_, value);
    };
    context_.cache.forward_if({context_.cache.home(desk_.lane), {command}}, {key_, std::move(test)},
                              writing(key_), *this);
}

// Commands of one route take effect in their order, and are answered in it.
void WriteRoutes::ask_existence() {
    std::string command;
    resp::append_command(command, std::array<std::string_view, 2>{"EXISTS", key_});
    existence_.was_there = true;
    context_.cache.forward({context_.cache.home(desk_.lane), {command}}, {}, existence_);
}

void WriteRoutes::on_forwarded(const net::Slice& answer) {
    const auto reply = answer.bytes;
    if (reply.starts_with('-')) {
        append_backend_error(*asked_.out, asked_.manner, reply.substr(1, reply.size() - 3));
    } else if (kind_ == Kind::removing || kind_ == Kind::removing_any) {
        answer_removed(reply);
    } else {
        answer_stored(reply);
    }
    answered();
}

void WriteRoutes::answer_stored(std::string_view reply) {
    if (reply == "$-1\r\n") return refuse_by_condition();
    if (reply != "+OK\r\n") {
        return append_failure(*asked_.out, asked_.manner, Errc::backend_protocol_error);
    }
    const bool is_new =
        kind_ == Kind::creating || (kind_ == Kind::storing && !existence_.was_there);
    const auto tag = std::string("ETag: ").append(EntityTag(stored_hash_).text()).append("\r\n");
    append_empty(*asked_.out, asked_.manner, is_new ? Status::created : Status::no_content, tag);
}

void WriteRoutes::answer_removed(std::string_view reply) {
    if (reply == ":0\r\n" && kind_ == Kind::removing_any) return refuse_by_condition();
    if (reply == ":0\r\n") return append_absent(*asked_.out, asked_.manner, Source{});
    if (!reply.starts_with(':')) {
        return append_failure(*asked_.out, asked_.manner, Errc::backend_protocol_error);
    }
    append_empty(*asked_.out, asked_.manner, Status::no_content);
}

void WriteRoutes::on_condition_failed() {
    refuse_by_condition();
    answered();
}

void WriteRoutes::refuse_by_condition() {
    complain(asked_, Status::precondition_failed,
             "the key is not as If-Match or If-None-Match would have it");
}

void WriteRoutes::on_not_forwarded(Errc why) {
    append_failure(*asked_.out, asked_.manner, why);
    answered();
}

void WriteRoutes::answered() {
    permit_.reset();
    desk_.on_answered();
}

}  // namespace nearcache::http
