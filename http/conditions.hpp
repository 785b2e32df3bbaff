#pragma once

#include <cstdint>
#include <string_view>

#include "http/request_parser.hpp"

namespace nearcache::http {

// Whether an If-None-Match, or an If-Match, names the value with that hash; null: there is no
// value. The former compares weakly, the latter strongly (RFC 9110, 13.1.1 and 13.1.2, 8.8.3.2).
bool if_none_match_holds(std::string_view field, const std::uint64_t* value_hash) noexcept;
bool if_match_holds(std::string_view field, const std::uint64_t* value_hash) noexcept;

// What the conditions of a GET or HEAD make of the value with that hash (RFC 9110, 13.2.2).
enum class Judgement { serve, not_modified, failed };
Judgement judge_read(const Fields& fields, std::uint64_t value_hash) noexcept;

// Whether those of a PUT, POST or DELETE allow to go on; null: there is no such key.
bool allows_write(const Fields& fields, const std::string_view* value) noexcept;

// Whether the Range of a request counts, by its If-Range (RFC 9110, 13.1.5): values have no dates.
bool if_range_holds(std::string_view field, std::uint64_t value_hash) noexcept;

}  // namespace nearcache::http
