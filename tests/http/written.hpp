#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "http/responses.hpp"

namespace nearcache::http {

// All bytes of an output, but for what comes from the clock on the wall: "Date: ...\r\n".
inline std::string written(const Output& output) {
    std::string bytes;
    std::vector<boost::asio::const_buffer> buffers;
    output.buffers_from(0, buffers);
    for (const auto& buffer : buffers) {
        bytes.append(static_cast<const char*>(buffer.data()), buffer.size());
    }
    for (auto at = bytes.find("Date: "); at != bytes.npos; at = bytes.find("Date: ", at)) {
        bytes.erase(at, bytes.find("\r\n", at) + 2 - at);
    }
    return bytes;
}

}  // namespace nearcache::http
