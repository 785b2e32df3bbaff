#include "http/routes/shown_value.hpp"

#include <algorithm>

#include "http/byte_range.hpp"
#include "http/conditions.hpp"

namespace nearcache::http {

Source hit_of(const cache::Entry& entry, TimePoint now) {
    using std::chrono::duration_cast;
    using std::chrono::seconds;
    Source source;
    source.kind = Source::Kind::hit;
    source.ttl = duration_cast<seconds>(entry.expires_at() - now);
    // It may have been fetched later in the round that this request is served in.
    source.age = std::max(seconds(0), duration_cast<seconds>(now - entry.stored_at()));
    return source;
}

// What is served while it is not fresh has no time left, even if its own is not over.
Source stale_of(const cache::Entry& entry, TimePoint now, std::string_view detail) {
    Source source = hit_of(entry, now);
    source.kind = Source::Kind::stale;
    source.ttl = std::min(std::chrono::seconds(0), *source.ttl);
    source.detail = detail;
    return source;
}

void show_value(const Asked& asked, const Shown& shown, const Source& source,
                const Fields* fields) {
    auto& out = *asked.out;
    if (fields == nullptr) [[likely]]
        return append_value(out, asked.manner, shown, source);
    const auto hash = shown.entry.value_hash();
    switch (judge_read(*fields, hash)) {
        case Judgement::failed:
            return append_error(out, asked.manner,
                                {Status::precondition_failed, "If-Match names another value"});
        case Judgement::not_modified:
            return append_not_modified(out, asked.manner, shown, source);
        case Judgement::serve:
            break;
    }
    const bool is_whole = fields->range.empty() || asked.manner.without_body ||
                          !if_range_holds(fields->if_range, hash);
    if (is_whole) return append_value(out, asked.manner, shown, source);
    const auto size = shown.entry.value().size();
    const auto range = read_range(fields->range, size);
    switch (range.kind) {
        case ByteRange::Kind::whole:
            return append_value(out, asked.manner, shown, source);
        case ByteRange::Kind::part:
            return append_value_part(out, asked.manner, shown, source, range);
        case ByteRange::Kind::unsatisfiable:
            return append_not_satisfiable(out, asked.manner, size);
    }
}

}  // namespace nearcache::http
