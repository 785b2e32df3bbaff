#include "backend/redis/examination.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <initializer_list>
#include <utility>

#include "backend/redis/canary.hpp"
#include "backend/redis/codec.hpp"
#include "backend/redis/server_checks.hpp"
#include "backend/redis/token.hpp"

namespace nearcache::backend::redis {

using boost::system::error_code;
using Grade = Finding::Grade;

namespace {

constexpr int beats = 5;
constexpr int canaries = 5;
// For a change to be told: far more than it takes, and less than anyone would put up with.
constexpr std::chrono::milliseconds patience{1000};
// Redis looks for expired keys ten times a second, or when one is asked for.
constexpr std::chrono::milliseconds life{20};
constexpr std::chrono::milliseconds until_found_expired{400};

constexpr auto proxy_advice =
    "Is there a proxy or load balancer in between? Give nearcache the address of Redis itself.";

std::string command(std::initializer_list<std::string_view> words) {
    return format_command({words.begin(), words.size()});
}

std::string milliseconds(std::chrono::microseconds delay) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.2f ms", static_cast<double>(delay.count()) / 1000);
    return text.data();
}

std::string spread(std::vector<std::chrono::microseconds> delays) {
    std::ranges::sort(delays);
    return "min " + milliseconds(delays.front()) + ", median " +
           milliseconds(delays[delays.size() / 2]) + ", max " + milliseconds(delays.back());
}

bool is_error(const std::optional<resp::Value>& answer) {
    return !answer || answer->kind == resp::Value::Kind::error;
}

std::string text_of(const std::optional<resp::Value>& answer) {
    return answer ? answer->text : "what is answered is not RESP2";
}

}  // namespace

Examination::Examination(net::IoContext& context, const Config& config, const Clock& clock)
    : config_(config),
      clock_(clock),
      data_connector_(context, config_, [] {}),
      control_connector_(context, config_, [] {}),
      data_(context, clock),
      control_(context, clock),
      pause_timer_(context.get_executor()) {
    config_.tracking.is_wanted = true;
}

net::Awaitable<> Examination::run() {
    bool is_fine = co_await reach_server();
    if (is_fine) is_fine = co_await look_at_server();
    if (is_fine) is_fine = compare_servers();
    if (is_fine) is_fine = co_await arm();
    if (is_fine) is_fine = co_await try_heartbeat();
    if (is_fine) is_fine = co_await try_canaries();
    if (!is_fine) co_return;
    co_await try_expiry();
    note(Grade::skipped, "FLUSHALL told", "not tried: it would empty the server");
    is_finished_ = true;
}

Diagnosis Examination::conclude() {
    if (!is_finished_ && diagnosis_.why_not.empty()) {
        const auto& done = diagnosis_.findings;
        give_up("in time", done.empty()
                               ? "no connection in " + std::to_string(longest.count()) + " s"
                               : "nothing more after: " + done.back().check);
    }
    diagnosis_.is_coherence_available = is_finished_;
    return diagnosis_;
}

net::Awaitable<bool> Examination::reach_server() {
    const auto started = clock_.now();
    bool is_connected = co_await connect(data_connector_, data_);
    if (!is_connected) co_return false;
    note(Grade::ok, "reachable", "in " + milliseconds(since(started)));
    is_connected = co_await connect(control_connector_, control_);
    co_return is_connected;
}

net::Awaitable<bool> Examination::connect(Connector& connector, Conversation& conversation) {
    const bool is_connected = co_await connector.attempt(home_footing(config_));
    if (is_connected) conversation.begin(connector.take_socket());
    if (is_connected) co_return true;
    // Errors of Redis begin with a code in capitals: it was reached, and it said no.
    const auto& why = connector.why();
    const bool is_reached = why.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ") == why.find(' ');
    co_return give_up(is_reached ? "let in" : "reachable", why,
                      std::string(advice_on_connecting(why)));
}

net::Awaitable<bool> Examination::look_at_server() {
    struct Check {
        std::vector<std::string_view> question;
        Finding (*judge)(const Answer&);
    };
    static const std::vector<Check> checks{
        {{"ACL", "WHOAMI"}, check_user},
        {{"INFO", "server"}, check_version},
        {{"INFO", "replication"}, check_role},
        {{"INFO", "cluster"}, check_cluster},
        {{"CONFIG", "GET", "maxclients"}, check_max_clients},
        {{"CONFIG", "GET", "client-output-buffer-limit"}, check_push_buffer},
        {{"COMMAND", "INFO", "get"}, check_command_table},
    };
    for (const auto& check : checks) {
        auto question = format_command(check.question);
        const bool is_answered = co_await ask(std::move(question));
        if (!is_answered) co_return false;
        diagnosis_.findings.push_back(check.judge(data_.answer()));
    }
    co_return true;
}

bool Examination::compare_servers() {
    constexpr auto check = "same server on both connections";
    const auto& data = data_connector_.run_id();
    const auto& control = control_connector_.run_id();
    if (data.empty() || control.empty()) {
        note(Grade::skipped, check, "not to be known without a run_id");
    } else if (data == control) {
        note(Grade::ok, check, "yes");
    } else {
        return give_up(check, "two connections reached two servers", proxy_advice);
    }
    return true;
}

net::Awaitable<bool> Examination::arm() {
    Arming arming(config_.tracking.prefixes, random_token());
    for (;;) {
        const std::string step(arming.name());
        auto question = arming.command();
        const bool is_answered = co_await control_.ask(std::move(question), patience);
        if (!is_answered) co_return give_up(step, std::string(control_.why()));
        const auto verdict = arming.on_answer(control_.answer());
        if (verdict == Arming::Verdict::refused || verdict == Arming::Verdict::failed) {
            co_return give_up(step, arming.why());
        }
        const bool is_refused = is_error(control_.answer());  // and it does not matter
        note(is_refused ? Grade::skipped : Grade::ok, step,
             is_refused ? text_of(control_.answer()) : "works");
        if (verdict == Arming::Verdict::armed) co_return true;
    }
}

net::Awaitable<bool> Examination::try_heartbeat() {
    constexpr auto check = "heartbeat";
    std::vector<Delay> delays;
    for (int beat = 0; beat < beats; ++beat) {
        const auto token = random_token();
        const auto sent_at = clock_.now();
        auto ping = command({"PING", token});
        const bool is_answered = co_await control_.ask(std::move(ping), patience);
        if (!is_answered) co_return give_up(check, std::string(control_.why()));
        const auto& answer = control_.answer();
        if (!answer || (!is_pong(*answer, token) && !is_pong_of_readonly_disk(*answer))) {
            co_return give_up(check, "a ping was answered with something else", proxy_advice);
        }
        delays.push_back(since(sent_at));
    }
    note(Grade::ok, check, spread(delays));
    co_return true;
}

net::Awaitable<bool> Examination::try_canaries() {
    std::vector<Delay> delays;
    for (int canary = 0; canary < canaries; ++canary) {
        const bool is_fine = co_await try_one_canary(delays);
        if (!is_fine) co_return false;
        if (delays.empty()) co_return true;  // it cannot be written
    }
    note(Grade::ok, "change is told", spread(delays));
    co_return true;
}

net::Awaitable<bool> Examination::try_one_canary(std::vector<Delay>& delays) {
    constexpr auto check = "change is told";
    const auto key = scratch_key();
    const auto sent_at = clock_.now();
    auto set = canary_set(key);
    bool is_answered = co_await ask(std::move(set));
    if (!is_answered) co_return false;
    if (is_error(data_.answer())) {
        note(Grade::warning, check,
             "not tried, as a key cannot be written: " + text_of(data_.answer()),
             "nearcache takes the server's word for it that changes are told.");
        co_return true;
    }
    const bool is_there = co_await is_told(key, sent_at + patience);
    if (!is_there) {
        co_return give_up(check, "the server says OK to everything and delivers nothing",
                          proxy_advice);
    }
    delays.push_back(since(sent_at));
    auto removal = canary_removal(key);
    is_answered = co_await ask(std::move(removal));
    co_return is_answered;
}

// Expired keys change nothing for who knows when they expire; but others may have set the expiry
// after the value was fetched.
net::Awaitable<> Examination::try_expiry() {
    constexpr auto check = "expiry is told";
    const auto key = scratch_key();
    auto set = command({"SET", key, "", "PX", std::to_string(life.count())});
    bool is_answered = co_await ask(std::move(set));
    if (!is_answered) co_return;
    if (is_error(data_.answer())) {
        co_return note(Grade::skipped, check, "not tried: " + text_of(data_.answer()));
    }
    const auto expired_at = clock_.now() + life;
    bool is_there = co_await is_told(key, clock_.now() + patience);
    if (is_there) is_there = co_await is_told(key, expired_at + until_found_expired);
    if (is_there) co_return note(Grade::ok, check, milliseconds(since(expired_at)) + " late");

    // Nobody may have come by yet among many keys that expire: asking for it is coming by.
    auto touch = command({"EXISTS", key});
    is_answered = co_await ask(std::move(touch));
    if (is_answered) is_there = co_await is_told(key, clock_.now() + patience);
    if (is_there) co_return note(Grade::ok, check, "when somebody asks for the key");
    note(Grade::warning, check, "no",
         "A key that expires shows here when its ttl is over, as it was when it was fetched.");
}

net::Awaitable<bool> Examination::ask(std::string question) {
    const bool is_answered = co_await data_.ask(std::move(question), patience);
    if (is_answered) co_return true;
    co_return give_up("data connection", std::string(data_.why()));
}

net::Awaitable<bool> Examination::is_told(std::string_view key, TimePoint until) {
    for (;;) {
        const auto item = control_.next();
        if (item.kind == PushReader::Kind::malformed) co_return false;
        if (item.kind == PushReader::Kind::need_more) {
            const error_code error = co_await control_.read_some(until);
            if (error) co_return false;
            continue;
        }
        const bool is_there = item.kind == PushReader::Kind::key && item.bytes == key;
        control_.consume(item);
        if (is_there) co_return true;
    }
}

bool Examination::give_up(std::string check, std::string why, std::string advice) {
    diagnosis_.why_not = why;
    note(Grade::failure, std::move(check), std::move(why), std::move(advice));
    return false;
}

void Examination::note(Grade grade, std::string check, std::string found, std::string advice) {
    diagnosis_.findings.push_back({grade, std::move(check), std::move(found), std::move(advice)});
}

std::string Examination::scratch_key() const {
    const auto& prefixes = config_.tracking.prefixes;
    return canary_key(prefixes.empty() ? std::string_view() : prefixes.front(), random_token());
}

Examination::Delay Examination::since(TimePoint start) const {
    return std::chrono::duration_cast<Delay>(clock_.now() - start);
}

}  // namespace nearcache::backend::redis
