#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nearcache::tests {

// A reply of either dialect, taken apart. Like resp_wire it is written from the protocol's
// description, and not with the code under test.
struct Frame {
    char type = 0;
    std::string text;  // a bulk's bytes, a line's rest; empty for an aggregate
    bool is_null = false;
    std::vector<Frame> children;  // of a map: key, value, key, value

    bool is_aggregate() const;
    // With these bytes it was sent, whatever has been done to it since.
    std::string bytes() const;
};

// The frame at the front of `bytes`, and how long it is; empty when more is needed. Throws
// std::runtime_error when no reply begins like that.
struct ParsedFrame {
    Frame frame;
    std::size_t size = 0;
};
std::optional<ParsedFrame> parse_frame(std::string_view bytes);

// How long the frame at the front is. Cheaper: takes nothing apart.
std::optional<std::size_t> frame_size(std::string_view bytes);

// Whether it may come without having been asked for: a push, or a message in RESP2.
bool is_out_of_band(std::string_view frame);
// Whether it confirms a subscription, or the end of one.
bool is_confirmation(std::string_view frame);

}  // namespace nearcache::tests
