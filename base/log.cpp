#include "base/log.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace nearcache::log {

namespace {

Format chosen_format = Format::logfmt;

spdlog::logger& logger() {
    static const auto instance = [] {
        auto made = spdlog::stderr_logger_mt("nearcache");
        made->set_pattern("%v");
        return made;
    }();
    return *instance;
}

spdlog::level::level_enum to_spdlog(Level level) {
    switch (level) {
        case Level::debug:
            return spdlog::level::debug;
        case Level::info:
            return spdlog::level::info;
        case Level::warn:
            return spdlog::level::warn;
        case Level::error:
            return spdlog::level::err;
    }
    return spdlog::level::info;
}

std::string_view name_of(Level level) {
    switch (level) {
        case Level::debug:
            return "debug";
        case Level::info:
            return "info";
        case Level::warn:
            return "warn";
        case Level::error:
            return "error";
    }
    return "info";
}

void append_quoted(std::string& out, std::string_view text) {
    constexpr std::string_view hex = "0123456789abcdef";
    out += '"';
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (byte < 0x20 || byte >= 0x7f) {
            out += "\\u00";
            out += hex[byte >> 4];
            out += hex[byte & 15];
        } else {
            out += c;
        }
    }
    out += '"';
}

bool needs_quotes(std::string_view text) {
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte <= ' ' || byte >= 0x7f || c == '"' || c == '=' || c == '\\') return true;
    }
    return text.empty();
}

void append_field(std::string& line, const Field& field) {
    const bool is_json = chosen_format == Format::json;
    line += is_json ? "," : " ";
    if (is_json) append_quoted(line, field.name);
    if (!is_json) line += field.name;
    line += is_json ? ':' : '=';
    if (field.is_number || (!is_json && !needs_quotes(field.value))) {
        line += field.value;
    } else {
        append_quoted(line, field.value);
    }
}

std::string timestamp() {
    const auto now = std::chrono::system_clock::now();
    const auto whole = std::chrono::floor<std::chrono::seconds>(now);
    const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(now - whole).count();
    const std::time_t seconds = std::chrono::system_clock::to_time_t(whole);
    std::tm utc{};
    gmtime_r(&seconds, &utc);
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", utc.tm_year + 1900,
                       utc.tm_mon + 1, utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec, ms);
}

}  // namespace

Field::Field(std::string_view field_name, std::string_view text)
    : name(field_name), value(text), is_number(false) {}
Field::Field(std::string_view field_name, const char* text)
    : name(field_name), value(text), is_number(false) {}
Field::Field(std::string_view field_name, std::int64_t number)
    : name(field_name), value(std::to_string(number)), is_number(true) {}
Field::Field(std::string_view field_name, std::uint64_t number)
    : name(field_name), value(std::to_string(number)), is_number(true) {}
Field::Field(std::string_view field_name, int number)
    : Field(field_name, static_cast<std::int64_t>(number)) {}

void configure(const Config& config) {
    chosen_format = config.format;
    logger().set_level(to_spdlog(config.level));
    logger().flush_on(spdlog::level::debug);
    debug_is_on.store(config.level == Level::debug, std::memory_order_relaxed);
}

void write(Level level, std::string_view area, std::string_view event,
           std::initializer_list<Field> fields) {
    if (!logger().should_log(to_spdlog(level))) return;

    std::string line = chosen_format == Format::json ? "{\"ts\":\"" : "ts=";
    line += timestamp();
    if (chosen_format == Format::json) line += '"';
    append_field(line, Field("level", name_of(level)));
    append_field(line, Field("area", area));
    append_field(line, Field("event", event));
    for (const auto& field : fields) append_field(line, field);
    if (chosen_format == Format::json) line += '}';
    logger().log(to_spdlog(level), line);
}

}  // namespace nearcache::log
