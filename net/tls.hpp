#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <tuple>

#include <boost/asio/buffer.hpp>
#include <boost/system/error_code.hpp>

#include "net/async.hpp"
#include "net/stream.hpp"

namespace nearcache::net {

// Whom this process believes when it connects: TLS 1.2 or newer, and certificates that lead to an
// authority of the system's or of one file.
//
// Threads: any.
class TlsTrust {
  public:
    // A file of certificates as PEM; empty: those of the system. Throws std::runtime_error when
    // there are none in it.
    explicit TlsTrust(const std::string& ca_file);
    ~TlsTrust();
    TlsTrust(const TlsTrust&) = delete;
    TlsTrust& operator=(const TlsTrust&) = delete;

  private:
    friend class TlsStream;
    struct Context;

    std::unique_ptr<Context> context_;
};

// The client's end of TLS over a connected socket, which outlives it; to close it, close that.
//
// Threads: its socket's.
class TlsStream {
  public:
    // `peer` is the name, or the address, that the certificate must be for (RFC 9110, 4.3.4). A
    // name is also told to the server (SNI).
    TlsStream(Socket& socket, const TlsTrust& trust, const std::string& peer);
    ~TlsStream();
    TlsStream(const TlsStream&) = delete;
    TlsStream& operator=(const TlsStream&) = delete;

    Awaitable<boost::system::error_code> shake_hands();
    // Why the certificate was refused, in OpenSSL's words; empty when it was not.
    std::string why_refused() const;

    Awaitable<boost::system::error_code> write(std::string_view bytes);
    // An end without the peer's goodbye is an error other than eof: somebody may have cut it short.
    Awaitable<std::tuple<boost::system::error_code, std::size_t>> read_some(
        boost::asio::mutable_buffer room);

  private:
    struct Stream;

    std::unique_ptr<Stream> stream_;
};

}  // namespace nearcache::net
