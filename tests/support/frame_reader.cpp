#include "tests/support/frame_reader.hpp"

#include <string_view>
#include <utility>

#include "tests/support/reply_frames.hpp"

namespace nearcache::tests {

std::string FrameReader::next() {
    for (;;) {
        const auto unread = std::string_view(inbox_).substr(read_);
        if (const auto size = frame_size(unread)) {
            read_ += *size;
            return std::string(unread.substr(0, *size));
        }
        inbox_.erase(0, std::exchange(read_, 0));
        const auto received = socket_.receive();
        if (received.empty()) {
            throw ConnectionClosed("closed before a reply; left: " + inbox_.substr(0, 100));
        }
        inbox_ += received;
    }
}

std::string FrameReader::rest() {
    auto all = std::exchange(inbox_, {}).substr(std::exchange(read_, 0));
    for (;;) {
        const auto received = socket_.receive();
        if (received.empty()) return all;
        all += received;
    }
}

}  // namespace nearcache::tests
