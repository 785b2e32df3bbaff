#include "net/tls.hpp"

#include <stdexcept>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ssl.hpp>
// Asio's own code for TLS, compiled once for the whole program (BOOST_ASIO_SEPARATE_COMPILATION).
#include <boost/asio/ssl/impl/src.hpp>
#include <boost/asio/write.hpp>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

namespace nearcache::net {

namespace asio = boost::asio;
using boost::system::error_code;

struct TlsTrust::Context {
    asio::ssl::context context{asio::ssl::context::tls_client};
};

TlsTrust::TlsTrust(const std::string& ca_file) : context_(std::make_unique<Context>()) {
    auto& context = context_->context;
    auto* const native = context.native_handle();
    SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
    SSL_CTX_set_options(native, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
    context.set_verify_mode(asio::ssl::verify_peer);
    error_code error;
    if (ca_file.empty()) {
        context.set_default_verify_paths(error);
    } else {
        context.load_verify_file(ca_file, error);
    }
    if (!error) return;
    throw std::runtime_error((ca_file.empty() ? "the system's certificates" : ca_file) +
                             ": no certificates to be read: " + error.message());
}

TlsTrust::~TlsTrust() = default;

struct TlsStream::Stream {
    Stream(Socket& socket, TlsTrust::Context& trust) : stream(socket, trust.context) {}

    asio::ssl::stream<Socket&> stream;
};

namespace {

// In place of a name no name is sent, and the certificate must have the address itself.
void expect_peer(SSL& ssl, const std::string& peer) {
    auto* const terms = SSL_get0_param(&ssl);
    error_code no_address;
    asio::ip::make_address(peer, no_address);
    if (!no_address) {
        if (X509_VERIFY_PARAM_set1_ip_asc(terms, peer.c_str()) == 1) return;
        throw std::runtime_error("OpenSSL refuses the address " + peer);
    }
    // Names are read from where they belong alone, and "*" stands for a whole label.
    X509_VERIFY_PARAM_set_hostflags(
        terms, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
    const bool is_set = X509_VERIFY_PARAM_set1_host(terms, peer.data(), peer.size()) == 1 &&
                        SSL_set_tlsext_host_name(&ssl, peer.c_str()) == 1;
    if (!is_set) throw std::runtime_error("OpenSSL refuses the name " + peer);
}

}  // namespace

TlsStream::TlsStream(Socket& socket, const TlsTrust& trust, const std::string& peer)
    : stream_(std::make_unique<Stream>(socket, *trust.context_)) {
    expect_peer(*stream_->stream.native_handle(), peer);
}

TlsStream::~TlsStream() = default;

Awaitable<error_code> TlsStream::shake_hands() {
    auto [error] =
        co_await stream_->stream.async_handshake(asio::ssl::stream_base::client, no_throw);
    co_return error;
}

std::string TlsStream::why_refused() const {
    const auto verdict = SSL_get_verify_result(stream_->stream.native_handle());
    return verdict == X509_V_OK ? std::string() : X509_verify_cert_error_string(verdict);
}

Awaitable<error_code> TlsStream::write(std::string_view bytes) {
    const auto buffer = asio::buffer(bytes.data(), bytes.size());
    auto [error, size] = co_await asio::async_write(stream_->stream, buffer, no_throw);
    co_return error;
}

Awaitable<std::tuple<error_code, std::size_t>> TlsStream::read_some(asio::mutable_buffer room) {
    co_return co_await stream_->stream.async_read_some(room, no_throw);
}

}  // namespace nearcache::net
