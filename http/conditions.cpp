#include "http/conditions.hpp"

#include "base/hash.hpp"
#include "http/entity_tag.hpp"
#include "http/field_text.hpp"

namespace nearcache::http {

namespace {

enum class Comparison { strong, weak };

bool names(std::string_view field, const std::uint64_t* value_hash,
           Comparison comparison) noexcept {
    if (value_hash == nullptr) return false;
    const EntityTag tag(*value_hash);
    bool is_named = false;
    for_each_element(field, [&](std::string_view element) {
        if (comparison == Comparison::weak && element.starts_with("W/")) element.remove_prefix(2);
        is_named |= element == "*" || element == tag.text();
    });
    return is_named;
}

}  // namespace

bool if_none_match_holds(std::string_view field, const std::uint64_t* value_hash) noexcept {
    return !names(field, value_hash, Comparison::weak);
}

bool if_match_holds(std::string_view field, const std::uint64_t* value_hash) noexcept {
    return names(field, value_hash, Comparison::strong);
}

Judgement judge_read(const Fields& fields, std::uint64_t value_hash) noexcept {
    if (!fields.if_match.empty() && !if_match_holds(fields.if_match, &value_hash)) {
        return Judgement::failed;
    }
    if (!fields.if_none_match.empty() && !if_none_match_holds(fields.if_none_match, &value_hash)) {
        return Judgement::not_modified;
    }
    return Judgement::serve;
}

bool allows_write(const Fields& fields, const std::string_view* value) noexcept {
    const auto hash = value == nullptr ? 0 : content_hash(*value);
    const auto* const known = value == nullptr ? nullptr : &hash;
    if (!fields.if_match.empty() && !if_match_holds(fields.if_match, known)) return false;
    return fields.if_none_match.empty() || if_none_match_holds(fields.if_none_match, known);
}

bool if_range_holds(std::string_view field, std::uint64_t value_hash) noexcept {
    return field.empty() || trimmed(field) == EntityTag(value_hash).text();
}

}  // namespace nearcache::http
