#pragma once

#include <functional>

#include "http/context.hpp"
#include "http/request_parser.hpp"
#include "http/responses.hpp"

namespace nearcache::http {

// How and where a request is to be answered.
struct Asked {
    Manner manner;
    TimePoint now;
    Output* out;  // must stay until the answer is in it
};

// What those who answer need of the connection they answer on.
struct Desk {
    Context& context;
    net::LaneId lane;
    // To be called when an answer that had to wait is written.
    std::function<void()> on_answered;
};

// How errors are told to whoever makes that request.
ErrorForm error_form_of(const Request& request);

}  // namespace nearcache::http
