#include "tests/support/origin_server.hpp"

#include <algorithm>
#include <csignal>
#include <stdexcept>
#include <utility>

#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <sys/time.h>

namespace nearcache::tests {

namespace {

constexpr milliseconds look_up_every{20};

bool has_head(std::string_view bytes) { return bytes.find("\r\n\r\n") != bytes.npos; }

bool wait_unless(const std::atomic<bool>& stops, milliseconds time) {
    const Deadline deadline(time);
    while (!stops && !deadline.has_passed()) {
        std::this_thread::sleep_for(std::min(look_up_every, deadline.left()));
    }
    return !stops;
}

}  // namespace

// What a server needs to show who it is.
class OriginServer::Tls {
  public:
    explicit Tls(const Identity& identity) : context_(SSL_CTX_new(TLS_server_method())) {
        BIO* const certificate = BIO_new_mem_buf(identity.certificate.data(), -1);
        BIO* const key = BIO_new_mem_buf(identity.key.data(), -1);
        X509* const read_certificate = PEM_read_bio_X509(certificate, nullptr, nullptr, nullptr);
        EVP_PKEY* const read_key = PEM_read_bio_PrivateKey(key, nullptr, nullptr, nullptr);
        const bool is_used = SSL_CTX_use_certificate(context_, read_certificate) == 1 &&
                             SSL_CTX_use_PrivateKey(context_, read_key) == 1;
        X509_free(read_certificate);
        EVP_PKEY_free(read_key);
        BIO_free(certificate);
        BIO_free(key);
        if (!is_used) throw std::runtime_error("no TLS with this certificate");
    }
    ~Tls() { SSL_CTX_free(context_); }
    Tls(const Tls&) = delete;
    Tls& operator=(const Tls&) = delete;

    SSL* accept(int descriptor) const {
        SSL* const session = SSL_new(context_);
        SSL_set_fd(session, descriptor);
        if (SSL_accept(session) == 1) return session;
        SSL_free(session);
        return nullptr;
    }

  private:
    SSL_CTX* context_;
};

class OriginServer::PlainGuest final : public Guest {
  public:
    PlainGuest(Socket socket, const std::atomic<bool>& stops)
        : socket_(std::move(socket)), stops_(stops) {}

    bool read_request() {
        while (!has_head(request_)) {
            while (!stops_ && !socket_.is_readable(look_up_every)) {
            }
            if (stops_) return false;
            const auto bytes = socket_.receive();
            if (bytes.empty()) return false;
            request_ += bytes;
        }
        return true;
    }

    const std::string& request() const override { return request_; }
    bool say(std::string_view bytes) override {
        if (stops_) return false;
        try {
            socket_.send(bytes);
            return true;
        } catch (const std::exception&) {
            return false;
        }
    }
    bool wait(milliseconds time) override { return wait_unless(stops_, time); }
    void reset_on_close() override { socket_.reset_on_close(); }

  private:
    Socket socket_;
    const std::atomic<bool>& stops_;
    std::string request_;
};

class OriginServer::TlsGuest final : public Guest {
  public:
    TlsGuest(Socket socket, const Tls& tls, const std::atomic<bool>& stops)
        : socket_(std::move(socket)), stops_(stops) {
        // OpenSSL reads and writes as the socket does: it must not wait for ever.
        const timeval limit{10, 0};
        ::setsockopt(socket_.descriptor(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
        ::setsockopt(socket_.descriptor(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
        session_ = tls.accept(socket_.descriptor());
    }
    ~TlsGuest() override {
        if (session_ == nullptr) return;
        if (!cuts_) SSL_shutdown(session_);
        SSL_free(session_);
    }

    bool read_request() {
        while (session_ != nullptr && !has_head(request_)) {
            char chunk[4096];
            const int size = SSL_read(session_, chunk, sizeof chunk);
            if (size <= 0) return false;
            request_.append(chunk, static_cast<std::size_t>(size));
        }
        return session_ != nullptr;
    }

    std::string server_name() const {
        const char* const name = SSL_get_servername(session_, TLSEXT_NAMETYPE_host_name);
        return name == nullptr ? "" : name;
    }

    const std::string& request() const override { return request_; }
    bool say(std::string_view bytes) override {
        return !stops_ && SSL_write(session_, bytes.data(), static_cast<int>(bytes.size())) > 0;
    }
    bool wait(milliseconds time) override { return wait_unless(stops_, time); }
    // Here: ends without a goodbye.
    void reset_on_close() override { cuts_ = true; }

  private:
    Socket socket_;
    const std::atomic<bool>& stops_;
    SSL* session_ = nullptr;
    std::string request_;
    bool cuts_ = false;
};

OriginServer::OriginServer(Script script)
    : script_(std::move(script)), thread_([this] { run(); }) {}

OriginServer::OriginServer(Script script, Identity identity)
    : script_(std::move(script)),
      tls_(std::make_unique<Tls>(identity)),
      thread_([this] { run(); }) {}

OriginServer::~OriginServer() {
    stops_ = true;
    thread_.join();
    for (auto& guest : guests_) guest.join();
}

void OriginServer::run() {
    // OpenSSL writes without MSG_NOSIGNAL.
    sigset_t pipe;
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
    while (!stops_) {
        if (!port_.somebody_waits(look_up_every)) continue;
        ++connections_;
        guests_.emplace_back(
            [this, socket = port_.accept()]() mutable { serve(std::move(socket)); });
    }
}

void OriginServer::serve(Socket socket) {
    if (tls_) {
        TlsGuest guest(std::move(socket), *tls_, stops_);
        if (!guest.read_request()) return;
        note(guest.request(), guest.server_name());
        return script_(guest);
    }
    PlainGuest guest(std::move(socket), stops_);
    if (!guest.read_request()) return;
    note(guest.request());
    script_(guest);
}

void OriginServer::note(const std::string& request, const std::string& server_name) {
    const std::lock_guard lock(mutex_);
    last_request_ = request;
    last_server_name_ = server_name;
    ++requests_;
}

std::string OriginServer::last_request() const {
    const std::lock_guard lock(mutex_);
    return last_request_;
}

std::string OriginServer::last_server_name() const {
    const std::lock_guard lock(mutex_);
    return last_server_name_;
}

std::string OriginServer::url(std::string_view path, std::string_view host) const {
    std::string text = tls_ ? "https://" : "http://";
    text.append(host).append(":").append(std::to_string(port()));
    return text.append(path);
}

std::string ok_answer(std::string_view body, std::string_view headers) {
    std::string bytes =
        "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n";
    return bytes.append(headers).append("\r\n").append(body);
}

OriginServer::Script answering(std::string bytes) {
    return [bytes = std::move(bytes)](OriginServer::Guest& guest) { guest.say(bytes); };
}

std::string origin_target(std::string_view url, std::string_view key, std::string_view more) {
    const auto append_escaped = [](std::string& out, std::string_view text) {
        constexpr std::string_view hex = "0123456789ABCDEF";
        for (const char c : text) {
            const auto byte = static_cast<unsigned char>(c);
            out += '%';
            out += hex[byte >> 4];
            out += hex[byte & 15];
        }
    };
    std::string target = "/?url=";
    append_escaped(target, url);
    target += "&key=";
    append_escaped(target, key);
    return target.append(more);
}

Words origin_flags(const OriginServer& origin, const Words& more) {
    Words flags = {"--origin-allow", origin.url("/"), "--origin-allow-private", "on"};
    flags.insert(flags.end(), more.begin(), more.end());
    return flags;
}

OriginServer::Script counting(const std::string& headers) {
    return [headers, count = std::make_shared<std::atomic<int>>(0)](OriginServer::Guest& guest) {
        guest.say(ok_answer("answer " + std::to_string(++*count), headers));
    };
}

}  // namespace nearcache::tests
