#include "resp/reply_writer.hpp"

namespace nearcache::resp {

void append_error(std::string& out, std::string_view text) {
    out += '-';
    for (const char c : text) out += (c == '\r' || c == '\n') ? ' ' : c;
    out += "\r\n";
}

}  // namespace nearcache::resp
