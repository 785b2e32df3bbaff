#include "backend/redis/arming.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "backend/redis/codec.hpp"
#include "backend/redis/push_reader.hpp"

namespace nearcache::backend::redis {

namespace {

using Kind = resp::Value::Kind;

constexpr std::string_view control_name = "nearcache-control";

bool is_text(const resp::Value& value, std::string_view expected) noexcept {
    return (value.kind == Kind::bulk || value.kind == Kind::simple) && value.text == expected;
}

bool holds(const resp::Value& list, std::string_view text) {
    return std::ranges::any_of(list.elements,
                               [text](const auto& element) { return is_text(element, text); });
}

// The value of a name in a flat list of names and values, as RESP2 writes a map.
const resp::Value* find(const resp::Value& map, std::string_view name) {
    for (std::size_t i = 0; i + 1 < map.elements.size(); i += 2) {
        if (is_text(map.elements[i], name)) return &map.elements[i + 1];
    }
    return nullptr;
}

// What the operator can do about an error.
std::string_view remedy(std::string_view error) {
    if (error.starts_with("NOPERM")) return "; the user needs permission, see ACL SETUSER";
    if (error.find("nknown") != std::string_view::npos) {
        return "; it takes Redis 6.2 or later, and a command that is not renamed";
    }
    if (error.find("proxy") != std::string_view::npos) {
        return "; it takes the address of Redis itself";
    }
    return {};
}

}  // namespace

Arming::Arming(std::vector<std::string> prefixes, std::string token)
    : prefixes_(std::move(prefixes)), token_(std::move(token)) {
    // In some order, to be compared with the server's.
    std::ranges::sort(prefixes_);
}

std::string Arming::command() const {
    std::vector<std::string_view> words;
    switch (step_) {
        case Step::client_id:
            words = {"CLIENT", "ID"};
            break;
        case Step::set_name:
            words = {"CLIENT", "SETNAME", control_name};
            break;
        case Step::tracking:
            words = {"CLIENT", "TRACKING", "ON", "REDIRECT", id_, "BCAST"};
            for (const auto& prefix : prefixes_) words.insert(words.end(), {"PREFIX", prefix});
            break;
        case Step::tracking_info:
            words = {"CLIENT", "TRACKINGINFO"};
            break;
        case Step::subscribe:
            words = {"SUBSCRIBE", invalidation_channel};
            break;
        case Step::ping:
            words = {"PING", token_};
            break;
    }
    return format_command(words);
}

Arming::Verdict Arming::on_answer(const std::optional<resp::Value>& answer) {
    if (!answer) return refuse("is answered with what is not RESP2");
    const bool is_error = answer->kind == Kind::error;
    if (is_error && is_passing_trouble(answer->text)) {
        why_ = answer->text;
        return Verdict::failed;
    }
    const bool is_optional = step_ == Step::set_name;
    const bool is_fine = is_optional || is_right(*answer);
    if (is_error && !is_fine) return on_error(answer->text);
    if (!is_fine) return on_wrong_answer();
    if (is_last()) return Verdict::armed;
    step_ = static_cast<Step>(static_cast<int>(step_) + 1);
    return Verdict::go_on;
}

Arming::Verdict Arming::on_error(std::string_view error) {
    return refuse("is refused: " + std::string(error) + std::string(remedy(error)));
}

Arming::Verdict Arming::on_wrong_answer() {
    if (step_ != Step::tracking_info) {
        return refuse("is not answered as Redis does: is there a proxy in between?");
    }
    return refuse(
        "shows tracking off, or otherwise than asked for, although the server said OK: "
        "is there a proxy in between?");
}

bool Arming::is_right(const resp::Value& answer) {
    switch (step_) {
        case Step::client_id:
            id_ = std::to_string(answer.number);
            return answer.kind == Kind::integer && answer.number > 0;
        case Step::set_name:
            return true;
        case Step::tracking:
            return answer.is_simple("OK");
        case Step::tracking_info:
            return shows_tracking(answer);
        case Step::subscribe:
            return answer.kind == Kind::array && answer.elements.size() == 3 &&
                   is_text(answer.elements[0], "subscribe") &&
                   is_text(answer.elements[1], invalidation_channel) &&
                   answer.elements[2].kind == Kind::integer && answer.elements[2].number == 1;
        case Step::ping:
            return is_pong(answer, token_) || is_pong_of_readonly_disk(answer);
    }
    return false;
}

// The server's own word on what CLIENT TRACKING did: a proxy may say OK to what it does not know,
// or say it to one server and ask another.
bool Arming::shows_tracking(const resp::Value& info) const {
    const auto* const flags = find(info, "flags");
    const auto* const redirect = find(info, "redirect");
    const auto* const prefixes = find(info, "prefixes");
    if (flags == nullptr || redirect == nullptr || prefixes == nullptr) return false;
    if (!holds(*flags, "on") || !holds(*flags, "bcast")) return false;
    if (holds(*flags, "broken_redirect") || std::to_string(redirect->number) != id_) return false;

    // All keys are those that begin with nothing.
    const std::vector<std::string> all_keys{""};
    const auto& wanted = prefixes_.empty() ? all_keys : prefixes_;
    std::vector<std::string> shown;
    for (const auto& prefix : prefixes->elements) shown.push_back(prefix.text);
    std::ranges::sort(shown);
    return shown == wanted || (prefixes_.empty() && shown.empty());
}

Arming::Verdict Arming::refuse(std::string_view what) {
    why_ = std::string(name()) + " " + std::string(what);
    return Verdict::refused;
}

std::string_view Arming::name() const noexcept {
    switch (step_) {
        case Step::client_id:
            return "CLIENT ID";
        case Step::set_name:
            return "CLIENT SETNAME";
        case Step::tracking:
            return "CLIENT TRACKING";
        case Step::tracking_info:
            return "CLIENT TRACKINGINFO";
        case Step::subscribe:
            return "SUBSCRIBE to __redis__:invalidate";
        case Step::ping:
            return "PING on the subscribed connection";
    }
    return {};
}

bool is_passing_trouble(std::string_view error) noexcept {
    constexpr std::array<std::string_view, 8> codes{
        "LOADING ",     "MASTERDOWN ", "BUSY ",   "TRYAGAIN ",
        "CLUSTERDOWN ", "UNBLOCKED ",  "NOAUTH ", "ERR max number of clients"};
    return std::ranges::any_of(codes, [error](auto code) { return error.starts_with(code); });
}

bool is_pong(const resp::Value& answer, std::string_view token) noexcept {
    return answer.kind == Kind::array && answer.elements.size() == 2 &&
           is_text(answer.elements[0], "pong") && is_text(answer.elements[1], token);
}

bool is_pong_of_readonly_disk(const resp::Value& answer) noexcept {
    return answer.kind == Kind::error && answer.text.starts_with("MISCONF");
}

}  // namespace nearcache::backend::redis
