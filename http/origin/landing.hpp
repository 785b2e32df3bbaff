#pragma once

#include <string>

#include "base/error.hpp"
#include "cache/cache_service.hpp"
#include "http/responses.hpp"
#include "net/io_threads.hpp"

namespace nearcache::http::origin {

// What a flight ended with. One for all who waited.
struct Landing {
    enum class Kind {
        value,          // entry holds it, source says where it came from
        refused,        // status and text say so
        backend_error,  // text is the backend's own error line
        failure,        // no answer: why says so
    };

    Kind kind = Kind::failure;
    cache::EntryRef entry = {};
    Source source = {};
    Status status = Status::bad_gateway;
    std::string text = {};
    Errc why = Errc::shutting_down;
};

// One request that waits for a flight. It is told once, on its own lane, never from within the call
// that made it wait. Whoever owns it keeps it alive until then.
class Waiter {
  public:
    explicit Waiter(net::LaneId lane) noexcept : lane_(lane) {}

    // `joined`: the flight had been opened for another.
    virtual void on_landed(const Landing& landing, bool joined) = 0;
    net::LaneId lane() const noexcept { return lane_; }

  protected:
    ~Waiter() = default;

  private:
    const net::LaneId lane_;
};

}  // namespace nearcache::http::origin
