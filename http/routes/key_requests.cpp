#include "http/routes/key_requests.hpp"

#include "base/log.hpp"

namespace nearcache::http {

void note_source(std::string_view key, std::string_view source) {
    if (!log::debug_enabled()) return;
    log::debug("http", "request", {{"key", key}, {"source", source}});
}

bool decode_key(const Route& to, const Asked& asked, std::string& key) {
    if (percent_decode(to.encoded_key, to.plus, key)) return true;
    append_error(*asked.out, asked.manner,
                 {Status::bad_request, "'%' must be followed by two hexadecimal digits"});
    return false;
}

std::optional<net::Limiter::Permit> permit_or_refuse(Context& context, const Asked& asked) {
    auto permit = context.in_flight.try_acquire();
    if (!permit) append_failure(*asked.out, asked.manner, Errc::overloaded);
    return permit;
}

cache::Written writing(std::string_view key) {
    cache::Written written;
    written.hashes.push_back(cache::Key(key).hash);
    return written;
}

}  // namespace nearcache::http
