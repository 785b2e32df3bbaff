#include "tests/support/server_info.hpp"

#include <charconv>

namespace nearcache::tests {

namespace {

std::string field_of(std::string_view text, std::string_view field) {
    const auto label = "\n" + std::string(field) + ":";
    const auto found = text.find(label);
    if (found == text.npos) return {};
    const auto value = text.substr(found + label.size());
    return std::string(value.substr(0, value.find("\r\n")));
}

// Asked by name, so that the answer does not wait for Redis.
const Words our_sections{"INFO", "nearcache", "cache", "coherence"};

bool keeps(const std::string& text) {
    const auto mode = field_of(text, "coherence_mode");
    if (mode == "tracking") return field_of(text, "coherence_armed") == "1";
    return mode == "ttl" || mode == "exclusive";
}

}  // namespace

std::string info(const NearcacheProcess& proxy, std::string_view field) {
    return field_of(text_of(proxy.resp().ask(our_sections)), field);
}

long long info_number(const NearcacheProcess& proxy, std::string_view field) {
    const auto text = info(proxy, field);
    long long number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

bool comes_to_say(const NearcacheProcess& proxy, std::string_view field, std::string_view value,
                  milliseconds limit) {
    auto client = proxy.resp();
    return eventually([&] { return field_of(text_of(client.ask(our_sections)), field) == value; },
                      limit);
}

bool grows_beyond(const NearcacheProcess& proxy, std::string_view field, long long number,
                  milliseconds limit) {
    return eventually([&] { return info_number(proxy, field) > number; }, limit);
}

bool comes_to_keep(const NearcacheProcess& proxy, milliseconds limit) {
    auto client = proxy.resp();
    return eventually([&] { return keeps(text_of(client.ask(our_sections))); }, limit);
}

}  // namespace nearcache::tests
