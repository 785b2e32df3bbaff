#pragma once

#include <string_view>

#include <boost/system/error_code.hpp>
#include <boost/system/result.hpp>

namespace nearcache {

// What can go wrong while a request is served. Each door maps these in one switch:
// http/responses to a status, resp_server/replies to an error line.
//
// "No such key" is a value, and an error line of the backend is a reply: neither is here.
enum class Errc {
    // No connection to the backend, and none could be made in time.
    backend_unreachable = 1,
    // The connection was lost after the command was sent: it may or may not have taken effect.
    backend_connection_lost,
    // The backend did not answer within backend.operation_timeout.
    backend_timeout,
    // The backend sent something that is not an answer to what was asked.
    backend_protocol_error,
    // limits.max_in_flight requests are being processed already.
    overloaded,
    // As many connections of the backend are lent to one client alone as may be.
    too_many_private_connections,
    // The process is going down.
    shutting_down,
};

boost::system::error_code make_error_code(Errc code) noexcept;

// One lower-case phrase for logs, without punctuation.
std::string_view describe(Errc code) noexcept;

// The outcome of what can fail: a T, or an Errc.
template <class T>
using Result = boost::system::result<T, Errc>;

}  // namespace nearcache

template <>
struct boost::system::is_error_code_enum<nearcache::Errc> : std::true_type {};
