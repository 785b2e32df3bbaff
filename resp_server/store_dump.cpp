#include "resp_server/store_dump.hpp"

#include <algorithm>
#include <memory>

#include "base/json_text.hpp"
#include "resp/reply_reader.hpp"
#include "resp/reply_writer.hpp"
#include "resp_server/dumped_value.hpp"

namespace nearcache::resp_server {

namespace {

constexpr std::string_view keys_at_once = "250";

// Whatever dialect the client speaks: RESP2 is what is read here.
cache::Route route_of(const Client& client) {
    auto route = client.route();
    route.dialect = resp::Dialect::resp2;
    return route;
}

std::string line_of(Errc why) {
    Output line;
    append_failure(line, why);
    return line.text();
}

}  // namespace

void StoreDump::begin(Client& client, net::Limiter::Permit permit) {
    auto dump = std::make_unique<StoreDump>(client, std::move(permit));
    auto& begun = *dump;
    client.replies().add(std::move(dump));
    client.hold_back();
    begun.go_on();
}

StoreDump::StoreDump(Client& client, net::Limiter::Permit permit)
    : PendingReply(std::move(permit)), client_(client), route_(route_of(client)) {}

void StoreDump::on_client_gone() {
    is_client_gone_ = true;
    go_on();
}

// It may be gone afterwards.
void StoreDump::go_on() {
    if (is_client_gone_ || !failure_.empty()) {
        if (unanswered_ == 0) finish();
        return;
    }
    if (step_ == Step::type && unanswered_ == 0) step_ = Step::value;
    if (step_ == Step::value) ask_values();
    const bool is_batch_done = next_value_ == keys_.size() && unanswered_ == 0;
    if (is_batch_done && has_room()) next_batch();
}

void StoreDump::next_batch() {
    questions_.clear();
    keys_ = std::exchange(again_, {});
    next_value_ = 0;
    if (!keys_.empty()) return ask_about_keys();
    if (is_walked_) return finish();
    step_ = Step::scan;
    ask(Step::scan, 0, {"SCAN", cursor_, "COUNT", keys_at_once});
}

void StoreDump::ask_about_keys() {
    step_ = Step::type;
    for (std::size_t i = 0; i < keys_.size(); ++i) {
        ask(Step::type, i, {"TYPE", keys_[i].name});
        ask(Step::size, i, {"MEMORY", "USAGE", keys_[i].name});
    }
}

void StoreDump::ask_values() {
    for (; next_value_ < keys_.size() && may_ask_value(); ++next_value_) {
        const auto& key = keys_[next_value_];
        const auto reading = reading_of(key.type, key.name);
        if (!reading.empty()) {
            expected_bytes_ += key.bytes;
            ask(Step::value, next_value_, reading);
        } else if (key.type != "none") {
            write_null(key);
        }
    }
    if (!reply().empty()) leave_in_part();
}

bool StoreDump::may_ask_value() const noexcept {
    if (!has_room()) return false;
    return unanswered_ == 0 || (unanswered_ < most_values &&
                                expected_bytes_ + keys_[next_value_].bytes <= most_value_bytes);
}

bool StoreDump::has_room() const noexcept {
    return client_.replies().output().size() < client_.context().config.output_limit_bytes;
}

void StoreDump::ask(Step step, std::size_t key, const std::vector<std::string_view>& words) {
    std::string command;
    resp::append_command(command, words);
    ++unanswered_;
    client_.cache().forward({route_, {command}}, {}, questions_.emplace_back(*this, step, key));
}

void StoreDump::on_reply(const Question& question, std::string_view bytes) {
    --unanswered_;
    if (failure_.empty() && !is_client_gone_ && !read(question, bytes)) {
        failure_ =
            bytes.starts_with('-') ? std::string(bytes) : line_of(Errc::backend_protocol_error);
    }
    // Before more is asked for: it counts as not taken yet.
    if (!reply().empty()) leave_in_part();
    go_on();
}

void StoreDump::on_failure(Errc why) {
    --unanswered_;
    if (failure_.empty()) failure_ = line_of(why);
    go_on();
}

bool StoreDump::read(const Question& question, std::string_view bytes) {
    if (question.step == Step::scan) return read_batch(bytes);
    auto& key = keys_[question.key];
    if (question.step == Step::value) return read_value(key, bytes);
    resp::ReplyReader reader(bytes);
    if (question.step == Step::type) {
        const auto type = reader.read_text();
        if (type) key.type = *type;
        return type.has_value();
    }
    if (const auto size = reader.read_integer(); size && *size >= 0) {
        key.bytes = std::min(static_cast<std::size_t>(*size), unknown_size);
    }
    return true;
}

bool StoreDump::read_batch(std::string_view bytes) {
    resp::ReplyReader reader(bytes);
    if (reader.read_array() != 2u) return false;
    const auto cursor = reader.read_text();
    const auto count = cursor ? reader.read_array() : std::nullopt;
    if (!count) return false;
    for (std::size_t i = 0; i < *count; ++i) {
        const auto name = reader.read_text();
        if (!name) return false;
        if (is_new(*name)) keys_.push_back({.name = std::string(*name)});
    }
    cursor_ = *cursor;
    is_walked_ = cursor_ == "0";
    if (!std::exchange(has_begun_, true)) reply().text() += "+{";
    ask_about_keys();
    return true;
}

bool StoreDump::is_new(std::string_view key) {
    return seen_.insert({seeded_hash(key, seed_), seeded_hash(key, ~seed_)}).second;
}

bool StoreDump::read_value(Key& key, std::string_view bytes) {
    expected_bytes_ -= key.bytes;
    if (bytes.starts_with("-WRONGTYPE")) {
        if (key.is_asked_again) {
            write_null(key);
        } else {
            again_.push_back({.name = key.name, .is_asked_again = true});
        }
        return true;
    }
    auto& text = reply().text();
    const auto before = text.size();
    const bool had_members = has_members_;
    begin_member(key);
    const auto dumped = append_dumped(text, key.type, bytes);
    if (dumped != Dumped::written) {
        text.resize(before);
        has_members_ = had_members;
    }
    return dumped != Dumped::malformed;
}

void StoreDump::write_null(const Key& key) {
    begin_member(key);
    reply().text() += "null";
}

void StoreDump::begin_member(const Key& key) {
    auto& text = reply().text();
    if (std::exchange(has_members_, true)) text += ',';
    append_json(text, key.name);
    text += ':';
}

// It is gone afterwards.
void StoreDump::finish() {
    auto& text = reply().text();
    if (failure_.empty()) {
        text += "}\r\n";
    } else if (has_begun_) {
        text.append(" ").append(failure_);
        client_.leave();
    } else {
        text += failure_;
    }
    client_.let_go_on();
    ready();
}

}  // namespace nearcache::resp_server
