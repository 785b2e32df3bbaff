#include "tests/support/real_redis.hpp"

#include <charconv>
#include <exception>
#include <stdexcept>
#include <utility>

#include <signal.h>

#include "tests/support/test_client.hpp"

namespace nearcache::tests {

namespace {

// The number that follows `label` in an INFO text; 0 when it is not there.
std::size_t number_after(const std::string& label, const std::string& text) {
    const auto found = text.find(label);
    if (found == std::string::npos) return 0;
    std::size_t number = 0;
    const char* digits = text.data() + found + label.size();
    std::from_chars(digits, text.data() + text.size(), number);
    return number;
}

}  // namespace

RealRedis::RealRedis(Words flags) : flags_(std::move(flags)) { start(); }

RealRedis::~RealRedis() = default;

void RealRedis::start() {
    // Between the choice of a port and its use somebody else may take it.
    constexpr int attempts = 5;
    for (int attempt = 0; attempt < attempts; ++attempt) {
        if (started_on(port_ != 0 ? port_ : free_port())) return;
    }
    throw std::runtime_error("redis-server does not start: " + process_->output() +
                             process_->errors());
}

void RealRedis::kill() { process_.reset(); }

void RealRedis::stop() {
    process_->signal(SIGTERM);
    process_->wait();
    process_.reset();
}

void RealRedis::freeze() { process_->signal(SIGSTOP); }

void RealRedis::thaw() { process_->signal(SIGCONT); }

std::string RealRedis::command(const Words& words) const { return TestClient(port_).ask(words); }

std::size_t RealRedis::count_of(const std::string& command_name) const {
    return number_after("cmdstat_" + command_name + ":calls=",
                        text_of(command({"INFO", "commandstats"})));
}

void RealRedis::reset_counts() const { command({"CONFIG", "RESETSTAT"}); }

std::size_t RealRedis::blocked_clients() const {
    return number_after("blocked_clients:", text_of(command({"INFO", "clients"})));
}

std::size_t RealRedis::bytes_sent() const {
    return number_after("total_net_output_bytes:", text_of(command({"INFO", "stats"})));
}

std::string RealRedis::socket_url() const { return "unix://" + socket_path(); }

std::string RealRedis::socket_path() const { return (directory_.path() / "socket").string(); }

bool RealRedis::started_on(std::uint16_t port) {
    Words arguments{"redis-server",
                    "--port",
                    std::to_string(port),
                    "--bind",
                    "127.0.0.1",
                    "--save",
                    "",
                    "--appendonly",
                    "no",
                    "--dir",
                    directory_.path().string(),
                    "--unixsocket",
                    socket_path(),
                    "--maxclients",
                    "4000"};
    arguments.insert(arguments.end(), flags_.begin(), flags_.end());
    process_ = std::make_unique<Process>(std::move(arguments));
    const bool answers = eventually([&] {
        if (!process_->is_running()) return true;
        try {
            return !TestClient(port).ask({"PING"}).empty();  // or an error that asks to AUTH
        } catch (const std::exception&) {
            return false;
        }
    });
    if (!answers || !process_->is_running()) return false;
    port_ = port;
    return true;
}

}  // namespace nearcache::tests
