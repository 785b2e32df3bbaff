#pragma once

#include <exception>
#include <string>
#include <string_view>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/log.hpp"
#include "net/io_threads.hpp"

namespace nearcache::net {

// Coroutines here run on a lane, never on a type-erased executor.
template <class T = void>
using Awaitable = boost::asio::awaitable<T, IoContext::executor_type>;

// co_await x(..., no_throw) gives (error_code, result) and throws nothing.
inline constexpr boost::asio::as_tuple_t<boost::asio::use_awaitable_t<IoContext::executor_type>>
    no_throw{};

// Completion token of every co_spawn: an exception that leaves a coroutine is a bug, and is logged.
inline auto report_failure(std::string_view what) {
    return [what](std::exception_ptr failure) {
        if (!failure) return;
        try {
            std::rethrow_exception(failure);
        } catch (const std::exception& caught) {
            log::error("net", "coroutine failed", {{"what", what}, {"why", caught.what()}});
        }
    };
}

}  // namespace nearcache::net
