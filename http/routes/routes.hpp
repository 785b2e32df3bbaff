#pragma once

#include "http/asked.hpp"
#include "http/request_parser.hpp"
#include "http/router.hpp"
#include "http/routes/cache_routes.hpp"
#include "http/routes/command_routes.hpp"
#include "http/routes/origin_routes.hpp"
#include "http/routes/write_routes.hpp"

namespace nearcache::http {

// Who answers what on one connection: turns away whom nothing is answered, and hands every other
// request to those who know how.
//
// Threads: its session's lane.
class Routes {
  public:
    // `on_answered` is called when an answer that had to wait is written.
    Routes(Context& context, net::LaneId lane, std::function<void()> on_answered);

    // Answers into `asked.out` now, or later: is_waiting() says which. The request may be cleared
    // then. What the manner says of the client's wishes is filled in here.
    void answer(Request& request, Asked asked);

    // Whether the head alone is reason enough to say no, and then says it: for a request whose body
    // is still to come.
    bool turns_away(const Request& request, Asked asked) const;

    bool is_waiting() const noexcept {
        return cache_.is_waiting() || writes_.is_waiting() || commands_.is_waiting() ||
               origin_.is_waiting();
    }
    bool may_wait_for_ever() const noexcept { return commands_.is_waiting(); }
    // The client is gone, or the server is going down: what may wait for ever ends.
    void abandon() { commands_.abandon(); }

    // Fills in what the request says of how it wants to be answered.
    void suit(const Request& request, Manner& manner) const;

  private:
    bool refuses(const Request& request, const Asked& asked) const;
    void hand_over(const Route& to, const Target& target, Request& request, const Asked& asked);
    void answer_options(const Route& to, const Request& request, const Asked& asked) const;

    const Desk desk_;
    CacheRoutes cache_{desk_};
    WriteRoutes writes_{desk_};
    CommandRoutes commands_{desk_};
    OriginRoutes origin_{desk_};
};

}  // namespace nearcache::http
