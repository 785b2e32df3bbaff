#pragma once

#include <boost/asio/ip/tcp.hpp>

#include "net/io_threads.hpp"

namespace nearcache::net {

// A client's socket on its lane's own executor: a type-erased one costs up to a tenth of a request.
using Socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, IoContext::executor_type>;

}  // namespace nearcache::net
