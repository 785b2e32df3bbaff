#include "tests/support/test_client.hpp"

#include <utility>

namespace nearcache::tests {

std::string TestClient::raw(std::string_view bytes) {
    send(bytes);
    return read_reply();
}

std::vector<std::string> TestClient::pipeline(std::string_view bytes, std::size_t count) {
    send(bytes);
    return read_replies(count);
}

std::string TestClient::read_reply() {
    for (;;) {
        const auto unread = std::string_view(inbox_).substr(read_);
        if (const auto length = reply_length(unread)) {
            read_ += *length;
            return std::string(unread.substr(0, *length));
        }
        inbox_.erase(0, std::exchange(read_, 0));
        const auto received = socket_.receive();
        if (received.empty()) throw ConnectionClosed("closed before a reply; left: " + inbox_);
        inbox_ += received;
    }
}

std::vector<std::string> TestClient::read_replies(std::size_t count) {
    std::vector<std::string> replies;
    while (replies.size() < count) replies.push_back(read_reply());
    return replies;
}

std::string TestClient::read_to_end() {
    auto all = std::exchange(inbox_, {}).substr(std::exchange(read_, 0));
    for (;;) {
        const auto received = socket_.receive();
        if (received.empty()) return all;
        all += received;
    }
}

}  // namespace nearcache::tests
