#pragma once

#include <atomic>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace nearcache::log {

enum class Level { debug, info, warn, error };
enum class Format { logfmt, json };

struct Config {
    Level level = Level::info;
    Format format = Format::logfmt;
};

// One name and one value of a log line. Values are escaped as the format asks.
struct Field {
    Field(std::string_view field_name, std::string_view text);
    Field(std::string_view field_name, const char* text);
    Field(std::string_view field_name, std::int64_t number);
    Field(std::string_view field_name, std::uint64_t number);
    Field(std::string_view field_name, int number);

    std::string_view name;
    std::string value;
    bool is_number;
};

// Sets level and format; lines go to standard error. Called once, before the threads start.
void configure(const Config& config);

// False when a debug line would be thrown away: ask before building one on a request's path.
//
// Threads: any.
inline std::atomic<bool> debug_is_on{false};
inline bool debug_enabled() noexcept { return debug_is_on.load(std::memory_order_relaxed); }

// Writes one line: time, level, area (the folder that speaks), what happened, and its fields.
//
// Threads: any.
void write(Level level, std::string_view area, std::string_view event,
           std::initializer_list<Field> fields = {});

inline void debug(std::string_view area, std::string_view event,
                  std::initializer_list<Field> fields = {}) {
    write(Level::debug, area, event, fields);
}
inline void info(std::string_view area, std::string_view event,
                 std::initializer_list<Field> fields = {}) {
    write(Level::info, area, event, fields);
}
inline void warn(std::string_view area, std::string_view event,
                 std::initializer_list<Field> fields = {}) {
    write(Level::warn, area, event, fields);
}
inline void error(std::string_view area, std::string_view event,
                  std::initializer_list<Field> fields = {}) {
    write(Level::error, area, event, fields);
}

}  // namespace nearcache::log
