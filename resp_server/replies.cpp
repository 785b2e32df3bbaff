#include "resp_server/replies.hpp"

#include <string>

#include "resp/reply_writer.hpp"

namespace nearcache::resp_server {

namespace {

std::string_view error_text(Errc why) noexcept {
    switch (why) {
        case Errc::backend_unreachable:
            return "ERR backend unreachable";
        case Errc::backend_connection_lost:
            return "ERR backend connection lost, the command may have taken effect";
        case Errc::backend_timeout:
            return "ERR backend timed out, the command may have taken effect";
        case Errc::backend_protocol_error:
            return "ERR backend protocol error";
        case Errc::overloaded:
            return "ERR max number of clients reached (proxy in-flight limit)";
        case Errc::too_many_private_connections:
            return no_more_own_text;
        case Errc::shutting_down:
            return "ERR server is shutting down";
    }
    return "ERR internal error";
}

}  // namespace

void append_error(Output& out, std::string_view text) { resp::append_error(out.text(), text); }

void append_failure(Output& out, Errc why) { append_error(out, error_text(why)); }

std::optional<Errc> failure_of(std::string_view text) noexcept {
    using enum Errc;
    for (const auto why :
         {backend_unreachable, backend_connection_lost, backend_timeout, backend_protocol_error,
          overloaded, too_many_private_connections, shutting_down}) {
        if (text == error_text(why)) return why;
    }
    return std::nullopt;
}

void append_part(Output& out, const cache::Entry& entry, std::string_view part) {
    if (part.size() <= copied_value_bytes) return resp::append_bulk(out.text(), part);
    resp::append_header(out.text(), '$', static_cast<std::int64_t>(part.size()));
    out.append_pinned(part, cache::EntryRef::share(entry));
    out.append("\r\n");
}

void append_value(Output& out, const cache::Entry& entry) {
    append_part(out, entry, entry.value());
}

void append_wrong_arity(Output& out, std::string_view command_name) {
    append_error(out, std::string("ERR wrong number of arguments for '") +
                          std::string(command_name) + "' command");
}

}  // namespace nearcache::resp_server
