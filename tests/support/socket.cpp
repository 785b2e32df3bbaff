#include "tests/support/socket.hpp"

#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

namespace nearcache::tests {

namespace {

[[noreturn]] void fail(const char* what) {
    throw std::system_error(errno, std::generic_category(), what);
}

sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

int new_socket() {
    const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0) fail("socket");
    return descriptor;
}

void set_option(int descriptor, int level, int name, int value) {
    ::setsockopt(descriptor, level, name, &value, sizeof value);
}

}  // namespace

Socket::Socket(std::uint16_t port) : descriptor_(new_socket()) {
    const auto address = loopback(port);
    if (::connect(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        const int error = errno;
        ::close(descriptor_);
        throw std::system_error(error, std::generic_category(), "connect");
    }
    set_option(descriptor_, IPPROTO_TCP, TCP_NODELAY, 1);
}

Socket::~Socket() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

Socket::Socket(Socket&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), limit_(other.limit_) {}

void Socket::send(std::string_view bytes) {
    while (!bytes.empty()) {
        wait_for(POLLOUT, "the other side does not read");
        const auto sent =
            ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0 && (errno == EAGAIN || errno == EINTR)) continue;
        if (sent < 0) throw ConnectionClosed("closed while sending");
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
}

std::string Socket::receive() {
    std::array<char, 64 * 1024> chunk;
    for (;;) {
        wait_for(POLLIN, "no answer in time");
        const auto received = ::recv(descriptor_, chunk.data(), chunk.size(), MSG_DONTWAIT);
        if (received < 0 && (errno == EAGAIN || errno == EINTR)) continue;
        if (received <= 0) return {};
        return {chunk.data(), static_cast<std::size_t>(received)};
    }
}

bool Socket::is_readable(milliseconds wait) const {
    pollfd state{descriptor_, POLLIN, 0};
    return ::poll(&state, 1, static_cast<int>(wait.count())) > 0;
}

void Socket::end_sending() { ::shutdown(descriptor_, SHUT_WR); }

void Socket::reset_on_close() {
    const linger at_once{1, 0};
    ::setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

void Socket::wait_for(short events, const char* what) const {
    const Deadline deadline(limit_);
    for (;;) {
        pollfd state{descriptor_, events, 0};
        const int ready = ::poll(&state, 1, static_cast<int>(deadline.left().count()));
        if (ready > 0) return;
        if (ready == 0 || errno != EINTR) throw TimedOut(what);
    }
}

ListeningPort::ListeningPort() : descriptor_(new_socket()) {
    auto address = loopback(0);
    socklen_t size = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    if (::bind(descriptor_, generic, size) != 0 || ::listen(descriptor_, 8) != 0 ||
        ::getsockname(descriptor_, generic, &size) != 0) {
        ::close(descriptor_);
        fail("bind");
    }
    port_ = ntohs(address.sin_port);
}

ListeningPort::~ListeningPort() { ::close(descriptor_); }

Socket ListeningPort::accept(milliseconds limit) {
    if (!somebody_waits(patience(limit))) throw TimedOut("nobody connected");
    const int descriptor = ::accept4(descriptor_, nullptr, nullptr, SOCK_CLOEXEC);
    if (descriptor < 0) fail("accept");
    return Socket(Socket::Accepted{descriptor});
}

bool ListeningPort::somebody_waits(milliseconds wait) const {
    pollfd state{descriptor_, POLLIN, 0};
    return ::poll(&state, 1, static_cast<int>(wait.count())) > 0;
}

std::uint16_t free_port() { return ListeningPort().port(); }

void raise_descriptor_limit() {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace nearcache::tests
