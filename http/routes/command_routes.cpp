#include "http/routes/command_routes.hpp"

#include <utility>

#include "http/command_json.hpp"
#include "http/key_list.hpp"

namespace nearcache::http {

namespace {

constexpr std::string_view begin_transaction = "*1\r\n$5\r\nMULTI\r\n";
constexpr std::string_view end_transaction = "*1\r\n$4\r\nEXEC\r\n";

// What a browser, or any cache on the way, must not give to the next who asks.
constexpr std::string_view not_kept = "Cache-Control: no-cache\r\n";

}  // namespace

CommandRoutes::CommandRoutes(const Desk& desk) : desk_(desk) {}

void CommandRoutes::execute(CommandForm form, Request& request, const Asked& asked) {
    const auto& config = desk_.context.config;
    asked_ = asked;
    strings_ = request.wants_base64 ? Strings::base64 : Strings::plain;
    batch_ = read_commands(request.body, form, {config.max_json_depth, config.max_pipeline});
    // What was read of it is enough: a large body is not there twice while it is waited for.
    std::string().swap(request.body);
    if (!batch_.complaint.empty()) return complain(batch_.complaint);
    switch (form) {
        case CommandForm::single:
            return batch_.refused.empty() ? converse(Stage::outcome, std::move(batch_.bytes))
                                          : complain(batch_.refused.front().why);
        case CommandForm::pipeline:
            return batch_.bytes.empty() ? answer_each({})
                                        : converse(Stage::outcomes, std::move(batch_.bytes));
        case CommandForm::transaction:
            return converse(Stage::start, std::string(begin_transaction));
    }
}

void CommandRoutes::get_many(std::string_view query, Request& request, const Asked& asked) {
    asked_ = asked;
    const auto complain_about = [&asked](std::string_view text) {
        append_error(*asked.out, asked.manner, {Status::bad_request, text});
    };
    auto keys = read_keys(query);
    if (!keys) return complain_about("'%' must be followed by two hexadecimal digits");
    if (keys->size() > desk_.context.config.max_pipeline) {
        return complain_about("more keys than http.max_pipeline allows");
    }
    keys_ = std::move(*keys);
    if (keys_.empty()) return put(Status::ok, "{}\n");
    const auto* const directives = request.has_directives ? &request.directives : nullptr;
    if (directives != nullptr && directives->no_cache && directives->only_if_cached) {
        return append_not_cached(*asked.out, asked.manner);
    }
    converse(Stage::values, commands_for(keys_, directives));
}

void CommandRoutes::abandon() {
    is_abandoned_ = true;
    if (conversation_) conversation_->end_waiting();
}

void CommandRoutes::converse(Stage stage, std::string commands) {
    const auto& context = desk_.context;
    stage_ = stage;
    CommandGate::Ground ground{desk_.lane, context.config.max_body_bytes,
                               [this] { on_answered(); }};
    conversation_ = context.commands->open(std::move(ground));
    if (is_abandoned_) conversation_->end_waiting();
    say(std::move(commands));
}

void CommandRoutes::say(std::string commands) {
    if (conversation_->say(std::move(commands))) hear();
}

void CommandRoutes::on_answered() {
    hear();
    if (!is_waiting()) desk_.on_answered();
}

void CommandRoutes::hear() {
    const auto replies = conversation_->take_replies();
    if (stage_ == Stage::start) return hear_start(replies);
    conversation_.reset();
    switch (stage_) {
        case Stage::outcome:
            return answer_one(replies);
        case Stage::outcomes:
            return answer_each(replies);
        case Stage::transaction:
            return answer_transaction(replies);
        case Stage::values:
            return answer_values(replies);
        case Stage::start:
            return;
    }
}

// Nothing of a transaction is said before it is one: outside it would take effect bit by bit.
void CommandRoutes::hear_start(std::string_view replies) {
    if (replies != "+OK\r\n") {
        conversation_.reset();
        return answer_one(replies);
    }
    stage_ = Stage::transaction;
    batch_.bytes += end_transaction;
    say(std::move(batch_.bytes));
}

void CommandRoutes::answer_one(std::string_view replies) {
    if (replies.empty()) return complain(not_executed(replies), Errc::backend_connection_lost);
    if (const auto error = error_in(replies)) return complain(*error);
    std::string json = "{\"result\":";
    append_value(json, replies, strings_);
    put(Status::ok, json += "}\n");
}

void CommandRoutes::answer_each(std::string_view replies) {
    resp::ReplyReader reader(replies);
    auto refused = batch_.refused.begin();
    std::string json = "[";
    for (std::size_t place = 0; place < batch_.count; ++place) {
        if (place != 0) json += ',';
        if (refused != batch_.refused.end() && refused->place == place) {
            append_error_member(json, refused++->why);
        } else if (!append_outcome(json, reader, strings_)) {
            append_error_member(json, not_executed(replies));
        }
    }
    put(Status::ok, json += "]\n");
}

// Of EXEC's reply; those before it say only whether a command was queued.
void CommandRoutes::answer_transaction(std::string_view replies) {
    resp::ReplyReader reader(replies);
    std::optional<std::string_view> first_error;
    for (std::size_t place = 0; place < batch_.count; ++place) {
        const auto queued = reader.read_any();
        if (queued && !first_error) first_error = error_in(*queued);
    }
    const auto count = reader.read_array();
    if (!count) {
        const auto exec = reader.read_any();
        if (!exec) return complain(not_executed(replies), Errc::backend_connection_lost);
        const auto error = error_in(*exec);
        if (!error) return complain("EXECABORT Transaction discarded");
        // The one cause that is worth knowing, in the words that Redis has for causes.
        if (first_error && error->starts_with("EXECABORT")) {
            return complain("EXECABORT Transaction discarded because of: " +
                            std::string(*first_error));
        }
        return complain(*error);
    }
    std::string json = "[";
    for (std::size_t place = 0; place < *count; ++place) {
        if (place != 0) json += ',';
        append_outcome(json, reader, strings_);
    }
    put(Status::ok, json += "]\n");
}

void CommandRoutes::answer_values(std::string_view replies) {
    auto& out = *asked_.out;
    const auto values = values_in(replies, keys_);
    if (values.error.empty()) return put(Status::ok, values.json);
    if (values.error.starts_with("NOTCACHED")) return append_not_cached(out, asked_.manner);
    if (const auto failure = desk_.context.commands->failure_of(values.error)) {
        return append_failure(out, asked_.manner, *failure);
    }
    append_backend_error(out, asked_.manner, values.error);
}

// Why there is no reply to what was said.
std::string_view CommandRoutes::not_executed(std::string_view replies) const noexcept {
    return replies.size() >= desk_.context.config.max_body_bytes
               ? "ERR not executed: the results before it are longer than http.max_body"
               : "ERR not executed: the client was ended";
}

void CommandRoutes::complain(std::string_view error) {
    complain(error, desk_.context.commands->failure_of(error));
}

// What failed here is no fault of the command.
void CommandRoutes::complain(std::string_view error, std::optional<Errc> failure) {
    std::string json;
    append_error_member(json, error);
    json += '\n';
    if (!failure) return put(Status::bad_request, json);
    const auto complaint = complaint_of(*failure);
    put(complaint.status, json, complaint.extra_field);
}

void CommandRoutes::put(Status status, std::string_view json, std::string_view extra_field) {
    const auto fields = std::string(not_kept).append(extra_field);
    append_body(*asked_.out, asked_.manner,
                {.status = status,
                 .content_type = "application/json",
                 .bytes = json,
                 .extra_fields = fields});
}

}  // namespace nearcache::http
