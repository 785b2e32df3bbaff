#include "backend/redis/conditional_write.hpp"

#include <array>
#include <utility>

#include "backend/fail_soon.hpp"
#include "backend/redis/codec.hpp"
#include "resp/reply_writer.hpp"

namespace nearcache::backend::redis {

namespace {

constexpr std::string_view agreed = "+OK\r\n";

bool is_error(std::string_view reply) noexcept { return reply.starts_with('-'); }

}  // namespace

bool ConditionalWrite::begin(Condition condition, const net::Slice& command) {
    connection_ = lender_.lend(route_, *this);
    if (!connection_) return false;
    test_ = std::move(condition.test);
    if (command.is_better_pinned()) {
        pinned_ = *command.block;
        command_ = command.bytes;
    } else {
        copied_ = command.bytes;
        command_ = copied_;
    }
    std::string text;
    resp::append_command(text, std::array<std::string_view, 2>{"WATCH", condition.key});
    resp::append_command(text, std::array<std::string_view, 2>{"GET", condition.key});
    connection_->send({text});
    send("MULTI");
    return true;
}

void ConditionalWrite::send(std::string_view word) {
    std::string text;
    resp::append_command(text, std::array<std::string_view, 1>{word});
    connection_->send({text});
    connection_->expect_value(true);
}

void ConditionalWrite::on_value(const net::Slice& value) {
    switch (step_) {
        case Step::watch:
            return on_watch(value.bytes);
        case Step::get:
            return on_get(value.bytes);
        case Step::multi:
            return on_multi(value.bytes);
        case Step::command:
            return on_queued(value.bytes);
        case Step::exec:
            return on_exec(value);
        case Step::ending:
            return on_ending(value.bytes);
    }
}

// Of several refusals the first is told: the others follow from it.
void ConditionalWrite::refuse(std::string_view reply) {
    if (refusal_.empty()) refusal_ = reply;
}

void ConditionalWrite::on_watch(std::string_view reply) {
    step_ = Step::get;
    if (reply == agreed) return;
    if (!is_error(reply)) return fail(Errc::backend_protocol_error);
    refuse(reply);
}

void ConditionalWrite::on_get(std::string_view reply) {
    step_ = Step::multi;
    const auto found = read_lookup_value(reply);
    switch (found.kind) {
        case LookupValue::Kind::malformed:
            return fail(Errc::backend_protocol_error);
        case LookupValue::Kind::error:
            return refuse(reply);
        case LookupValue::Kind::value:
        case LookupValue::Kind::absent:
            break;
    }
    // Without a watch it could be true now and false a moment later.
    if (!refusal_.empty()) return;
    holds_ = test_(found.kind == LookupValue::Kind::value ? &found.bytes : nullptr);
}

void ConditionalWrite::on_multi(std::string_view reply) {
    const bool is_open = reply == agreed;
    if (!is_open && !is_error(reply)) return fail(Errc::backend_protocol_error);
    if (!is_open) refuse(reply);
    if (!refusal_.empty() || holds_ != true) {
        step_ = Step::ending;
        return send(is_open ? "DISCARD" : "UNWATCH");
    }
    step_ = Step::command;
    connection_->send({command_, pinned_.data() == nullptr ? nullptr : &pinned_});
    send("EXEC");
}

void ConditionalWrite::on_queued(std::string_view reply) {
    step_ = Step::exec;
    if (reply == "+QUEUED\r\n") return;
    // It may have been carried out by something that knows no transactions.
    if (!is_error(reply)) return fail(Errc::backend_protocol_error);
    refuse(reply);
}

void ConditionalWrite::on_exec(const net::Slice& reply) {
    constexpr std::string_view one = "*1\r\n";
    const auto bytes = reply.bytes;
    if (is_error(bytes)) {
        refuse(bytes);
        // Any other error (-NOPERM) leaves the transaction open.
        let_go(bytes.starts_with("-EXECABORT"));
        return tell_why_not();
    }
    if (!refusal_.empty()) return fail(Errc::backend_protocol_error);
    if (bytes == "*-1\r\n" || bytes == "_\r\n") {
        holds_ = false;
        let_go(true);
        return tell_why_not();
    }
    if (!bytes.starts_with(one)) return fail(Errc::backend_protocol_error);
    let_go(true);
    tell_reply({bytes.substr(one.size()), reply.block});
}

void ConditionalWrite::on_ending(std::string_view reply) {
    let_go(reply == agreed);
    tell_why_not();
}

void ConditionalWrite::on_lost(Errc why) {
    // What there was to know is known already.
    if (step_ == Step::ending) return on_ending({});
    fail(why);
}

void ConditionalWrite::let_go(bool is_clean) {
    if (is_clean) return lender_.take_back(std::move(connection_), route_);
    connection_.reset();
}

void ConditionalWrite::tell_why_not() {
    auto& completion = completion_;
    const bool has_failed = holds_ == false;
    const auto refusal = std::move(refusal_);
    delete this;
    if (has_failed) return completion.on_condition_failed();
    completion.on_reply({refusal});
}

// The bytes stay during the call that has brought them, wherever their connection is by then.
void ConditionalWrite::tell_reply(const net::Slice& reply) {
    auto& completion = completion_;
    delete this;
    completion.on_reply(reply);
}

void ConditionalWrite::fail(Errc why) {
    auto& completion = completion_;
    delete this;
    completion.on_failure(why);
}

ConditionalWrites::~ConditionalWrites() {
    writes_.clear_and_dispose([](ConditionalWrite* write) { delete write; });
}

void ConditionalWrites::begin(const Route& route, Condition condition, const net::Slice& command,
                              ConditionalCompletion& completion) {
    auto write = std::make_unique<ConditionalWrite>(lender_, route, completion);
    if (!write->begin(std::move(condition), command)) {
        return fail_soon(lane_, completion, Errc::too_many_private_connections);
    }
    writes_.push_back(*write.release());
}

}  // namespace nearcache::backend::redis
