#include "tests/support/nearcache_process.hpp"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <initializer_list>
#include <stdexcept>

#include <doctest/doctest.h>

#include "tests/support/server_info.hpp"

namespace nearcache::tests {

namespace {

Words joined(std::initializer_list<Words> parts) {
    Words all;
    for (const auto& part : parts) all.insert(all.end(), part.begin(), part.end());
    return all;
}

// The port in a line of the banner such as "HTTP  http://127.0.0.1:8080"; 0 until it is all there.
std::uint16_t port_behind(const std::string& address, const std::string& banner) {
    const auto found = banner.find(address);
    if (found == std::string::npos) return 0;
    const char* digits = banner.data() + found + address.size();
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(digits, banner.data() + banner.size(), port);
    return end == banner.data() + banner.size() ? std::uint16_t{0} : port;
}

}  // namespace

std::string nearcache_binary() {
    if (const char* given = std::getenv("NEARCACHE_BINARY")) return given;
    return (std::filesystem::read_symlink("/proc/self/exe").parent_path() / "nearcache").string();
}

NearcacheProcess::NearcacheProcess(const Words& flags)
    : process_(joined({{nearcache_binary(), "--banner", "--http-listen", "127.0.0.1:0",
                        "--resp-listen", "127.0.0.1:0"},
                       flags})) {
    const bool is_ready = eventually(
        [this] {
            const auto banner = process_.output();
            http_port_ = port_behind("http://127.0.0.1:", banner);
            resp_port_ = port_behind("redis://127.0.0.1:", banner);
            return (http_port_ != 0 && resp_port_ != 0) || !process_.is_running();
        },
        milliseconds(10'000));
    if (!is_ready || !process_.is_running()) {
        throw std::runtime_error("nearcache does not start: " + process_.errors());
    }
}

NearcacheProcess::~NearcacheProcess() {
    const auto errors = process_.errors();
    const bool is_clean = errors.find("Sanitizer") == std::string::npos &&
                          errors.find("runtime error") == std::string::npos;
    CHECK_MESSAGE(is_clean, errors);
}

ProxiedRedis::ProxiedRedis(const Words& flags)
    : proxy(joined({{"--backend", redis.url(), "--threads", "2"}, flags})) {
    // In mode ttl it keeps what it fetches from the start.
    const bool needs_a_channel = std::ranges::find(flags, "ttl") == flags.end();
    if (needs_a_channel && !comes_to_keep(proxy)) {
        throw std::runtime_error("nearcache keeps nothing: " + proxy.process().errors());
    }
}

}  // namespace nearcache::tests
