#pragma once

#include "resp_server/command_table.hpp"

namespace nearcache::resp_server {

// What the bits of CommandSpec::flags are called in COMMAND's reply: in ours, and in the backend's.
struct Named {
    std::uint64_t bit;
    std::string_view name;
};

// Both in the order in which Redis lists them.
inline constexpr Named flag_names[] = {
    {flags::write, "write"},
    {flags::readonly, "readonly"},
    {flags::denyoom, "denyoom"},
    {flags::admin, "admin"},
    {flags::pubsub, "pubsub"},
    {flags::noscript, "noscript"},
    {flags::blocking, "blocking"},
    {flags::loading, "loading"},
    {flags::stale, "stale"},
    {flags::skip_monitor, "skip_monitor"},
    {flags::unlogged, "skip_slowlog"},
    {flags::asking, "asking"},
    {flags::fast, "fast"},
    {flags::no_auth, "no_auth"},
    {flags::not_loading, "no_async_loading"},
    {flags::no_multi, "no_multi"},
    {flags::no_mandatory_keys, "no_mandatory_keys"},
    {flags::movable, "movablekeys"},
    {flags::busy, "allow_busy"},
};

// No row says it: what is not fast is slow.
inline constexpr std::uint64_t slow = 1ull << 63;
inline constexpr Named category_names[] = {
    {flags::keyspace, "@keyspace"},
    {flags::readonly, "@read"},
    {flags::write, "@write"},
    {flags::set, "@set"},
    {flags::sorted_set, "@sortedset"},
    {flags::list, "@list"},
    {flags::hash, "@hash"},
    {flags::string, "@string"},
    {flags::bitmap, "@bitmap"},
    {flags::hyperloglog, "@hyperloglog"},
    {flags::geo, "@geo"},
    {flags::stream, "@stream"},
    {flags::pubsub, "@pubsub"},
    {flags::in_admin, "@admin"},
    {flags::fast, "@fast"},
    {slow, "@slow"},
    {flags::blocking, "@blocking"},
    {flags::dangerous, "@dangerous"},
    {flags::connection, "@connection"},
    {flags::transaction, "@transaction"},
    {flags::scripting, "@scripting"},
};

}  // namespace nearcache::resp_server
