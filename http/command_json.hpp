#pragma once

#include <cstddef>
#include <string_view>

#include "http/command_batch.hpp"

namespace nearcache::http {

struct JsonLimits {
    std::size_t max_depth;     // arrays and objects in each other
    std::size_t max_commands;  // of one body
};

// Reads ["SET","k",1], or [["SET","k",1],...], as the Upstash REST protocol has them:
// https://upstash.com/docs/redis/features/restapi
// A number or a boolean stands for its text in JSON, digit by digit.
//
// Threads: any.
CommandBatch read_commands(std::string_view body, CommandForm form, const JsonLimits& limits);

}  // namespace nearcache::http
