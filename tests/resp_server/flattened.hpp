#pragma once

#include <string>
#include <vector>

#include "resp_server/replies.hpp"

namespace nearcache::resp_server {

// All bytes of an output, as a client would get them.
inline std::string flattened(const Output& output) {
    std::string bytes;
    std::vector<boost::asio::const_buffer> buffers;
    for (output.buffers_from(0, buffers); !buffers.empty();
         output.buffers_from(bytes.size(), buffers)) {
        for (const auto& buffer : buffers) {
            bytes.append(static_cast<const char*>(buffer.data()), buffer.size());
        }
    }
    return bytes;
}

}  // namespace nearcache::resp_server
