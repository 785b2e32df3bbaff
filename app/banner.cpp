#include "app/banner.hpp"

#include <string_view>

namespace nearcache::app {

namespace {

// Where a client on this machine finds it: an address that stands for all of them is none to use.
std::string reachable(const std::string& address) {
    const auto colon = address.rfind(':');
    const auto host = address.substr(0, colon);
    if (host == "0.0.0.0" || host == "[::]") return "127.0.0.1" + address.substr(colon);
    return address;
}

}  // namespace

std::string banner(const std::vector<std::string>& http, const std::vector<std::string>& resp) {
    std::string text;
    for (const auto& address : http) text += "HTTP  http://" + address + "\n";
    for (const auto& address : resp) text += "RESP  redis://" + address + "\n";

    const auto web = "http://" + reachable(http.front());
    const auto redis = reachable(resp.front());
    const auto colon = redis.rfind(':');
    auto host = redis.substr(0, colon);
    if (host.starts_with('[')) host = host.substr(1, host.size() - 2);
    text += "Try:\n";
    text += "  curl -X PUT --data-binary 'hello' " + web + "/greeting\n";
    text += "  curl -i " + web + "/greeting\n";
    text += "  redis-cli -h " + host + " -p " + redis.substr(colon + 1) + " GET greeting\n";
    return text;
}

}  // namespace nearcache::app
