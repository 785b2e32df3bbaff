#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/support/socket.hpp"

namespace nearcache::tests {

struct HttpResponse {
    std::string version;  // "HTTP/1.1"
    int status = 0;
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;

    // The value of a field, whatever the case of its name; "(none)" when it is not there.
    std::string header(std::string_view name) const;
    bool is_success() const { return status / 100 == 2; }
};

// A request with a Host and, when there is a body or the method wants one, a Content-Length.
// `headers` are whole lines with their CR LF.
std::string http_request(std::string_view method, std::string_view target,
                         std::string_view headers = {}, std::string_view body = {});

// The length of the one whole response at the front of `bytes`, 1xx ones apart; empty when more is
// needed. `to_head`: it answers a HEAD and so has no body. Bodies must have a Content-Length.
std::optional<std::size_t> response_length(std::string_view bytes, bool to_head = false);
// Reads what response_length() measured.
HttpResponse parse_response(std::string_view response);

// An HTTP/1.1 client that keeps its connection and shows what it gets.
//
// Threads: one at a time.
class HttpClient {
  public:
    explicit HttpClient(std::uint16_t port) : socket_(port) {}

    HttpResponse get(std::string_view target) { return ask("GET", target); }
    HttpResponse head(std::string_view target) { return ask("HEAD", target); }
    HttpResponse remove(std::string_view target) { return ask("DELETE", target); }
    HttpResponse put(std::string_view target, std::string_view body) {
        return raw(http_request("PUT", target, {}, body));
    }
    HttpResponse ask(std::string_view method, std::string_view target);
    // Sends bytes and returns the first response to them.
    HttpResponse raw(std::string_view bytes);

    void send(std::string_view bytes) { socket_.send(bytes); }
    // Throws ConnectionClosed at the end of the stream, TimedOut when nothing comes.
    HttpResponse read_response(bool to_head = false);
    // Whether the other side closes now, having sent nothing more.
    bool is_closed();

    Socket& socket() { return socket_; }

  private:
    Socket socket_;
    std::string inbox_;
};

}  // namespace nearcache::tests
