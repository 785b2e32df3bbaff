#pragma once

#include <boost/asio/post.hpp>

#include "base/error.hpp"
#include "net/io_threads.hpp"

namespace nearcache::backend {

// Tells one who asked of a failure, though not now: this may run inside the asking call.
template <class Completion>
void fail_soon(net::IoContext& lane, Completion& completion, Errc why) {
    boost::asio::post(lane, [&completion, why] { completion.on_failure(why); });
}

}  // namespace nearcache::backend
