#pragma once

#include <string>
#include <vector>

#include <hiredis/hiredis.h>

namespace nearcache::tests::clients {

using Words = std::vector<std::string>;

// Printable text that is the same in every run; what is long is told by its length and its sum.
std::string shown(const std::string& bytes);

// The words of a command, as a line of the transcript begins.
std::string shown(const Words& words);

// A whole reply, type by type. No reply at all is told by the connection's error.
std::string shown(const redisReply* reply);

// One line of the transcript: what was done -> the answer.
void report(const std::string& what, const std::string& answer);

}  // namespace nearcache::tests::clients
