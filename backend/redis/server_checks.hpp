#pragma once

#include <optional>
#include <string_view>

#include "backend/redis/finding.hpp"
#include "resp/value.hpp"

// What a server's answers about itself mean to who keeps its values: decisions alone, no sockets.
namespace nearcache::backend::redis {

using Answer = std::optional<resp::Value>;  // empty when it could not be decoded

Finding check_user(const Answer& acl_whoami);
Finding check_version(const Answer& info);
Finding check_role(const Answer& info);
Finding check_cluster(const Answer& info);
// Of CONFIG GET maxclients and CONFIG GET client-output-buffer-limit.
Finding check_max_clients(const Answer& setting);
Finding check_push_buffer(const Answer& setting);
// Of COMMAND INFO.
Finding check_command_table(const Answer& commands);

// What to do when no connection could be made; may be empty.
std::string_view advice_on_connecting(std::string_view why) noexcept;

}  // namespace nearcache::backend::redis
