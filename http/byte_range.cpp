#include "http/byte_range.hpp"

#include <algorithm>
#include <limits>

#include <boost/beast/core/string.hpp>

#include "http/field_text.hpp"

namespace nearcache::http {

namespace {

// "-500": so many bytes at the end. None of an empty value can be told in a Content-Range.
ByteRange read_suffix(std::string_view digits, std::uint64_t size) noexcept {
    const auto length = parse_digits(digits);
    if (!length || (size == 0 && *length != 0)) return {};
    if (*length == 0) return {ByteRange::Kind::unsatisfiable};
    return {ByteRange::Kind::part, size - std::min(size, *length), size - 1};
}

}  // namespace

ByteRange read_range(std::string_view field, std::uint64_t size) noexcept {
    const auto equals = field.find('=');
    if (equals == field.npos) return {};
    if (!boost::beast::iequals(trimmed(field.substr(0, equals)), "bytes")) return {};
    const auto range = trimmed(field.substr(equals + 1));
    const auto dash = range.find('-');
    if (dash == range.npos) return {};
    if (dash == 0) return read_suffix(range.substr(1), size);

    const auto first = parse_digits(range.substr(0, dash));
    const auto end = range.substr(dash + 1);
    const auto last =
        end.empty() ? std::optional(std::numeric_limits<std::uint64_t>::max()) : parse_digits(end);
    if (!first || !last || *last < *first) return {};
    if (*first >= size) return {ByteRange::Kind::unsatisfiable};
    return {ByteRange::Kind::part, *first, std::min(*last, size - 1)};
}

}  // namespace nearcache::http
