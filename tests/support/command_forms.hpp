#pragma once

#include <span>

#include "tests/support/command_form.hpp"

namespace nearcache::tests {

// The forms of the commands of Redis 7.0 by what they work on. A command of any of these has one
// reply, and leaves its connection as it was.
std::span<const CommandForm> string_forms();
std::span<const CommandForm> bit_forms();
std::span<const CommandForm> key_forms();
std::span<const CommandForm> list_forms();
std::span<const CommandForm> hash_forms();
std::span<const CommandForm> set_forms();
std::span<const CommandForm> sorted_set_forms();
std::span<const CommandForm> geo_forms();
std::span<const CommandForm> stream_forms();
std::span<const CommandForm> group_forms();
std::span<const CommandForm> script_forms();
std::span<const CommandForm> server_forms();
std::span<const CommandForm> wrong_forms();

// One reply too, some of them after a while.
std::span<const CommandForm> blocking_forms();
// One reply too, and the connection is another afterwards.
std::span<const CommandForm> connection_forms();
// The same, but not between MULTI and EXEC.
std::span<const CommandForm> outside_forms();
// May go on one connection only while another waits for what it brings: pairs of one that waits
// and one that feeds, separated by a semicolon.
std::span<const CommandForm> meeting_forms();
// Whole transactions with what is odd about them; pub/sub, with any number of replies.
std::span<const CommandForm> transaction_forms();
std::span<const CommandForm> subscription_forms();
std::span<const CommandForm> muted_forms();

}  // namespace nearcache::tests
