#include "app/config_print.hpp"

#include <algorithm>
#include <span>
#include <string_view>

#include "app/config_table.hpp"
#include "app/config_text.hpp"
#include "app/config_values.hpp"

namespace nearcache::app {

namespace {

constexpr std::size_t help_column = 38;
constexpr std::size_t help_width = 100;
constexpr std::size_t comment_column = 44;

constexpr std::string_view help_head =
    R"(nearcache: HTTP and RESP over one cache, in front of Redis or on its own store

Usage: nearcache [FLAG [VALUE]]...
       nearcache doctor [FLAG [VALUE]]...   can this backend be coherent? (doctor --help)

  --config FILE                       settings as YAML [NEARCACHE_CONFIG]
  --check-config                      check the settings and exit
  --print-config                      print every setting and where it came from, and exit
  --banner                            print the addresses once ready
  --help, --version                   print this, or the version, and exit

A flag goes before a variable, a variable before the file, the file before the [default].
Other names stand below each flag: variables, the first before the next (empty ones count as not
set), and flags for half of an address. In the file NEARCACHE_CACHE_TTL is ttl below cache.
TIME is 5 (seconds), 500ms, 5s, 2m, 1h, 1d or 1y. SIZE is 1024, 64KiB, 256MiB, 1GiB or 1GB.
PERCENT is 10% or 10. SWITCH is on or off, or true or false.
URL is embedded:, redis://[user:password@]host[:port][/database] or unix:///path.
HOST:PORT with an empty HOST is every address of the machine, with PORT 0 a free port.
RULE is prefix=PREFIX and any of ttl=TIME, negative_ttl=TIME, ttl_jitter=PERCENT, max_value=SIZE,
never_cache, stale_while_revalidate=TIME, stale_if_error=TIME, stale_after_invalidation,
content_type=TYPE, with commas between. The rule with the longest prefix of a key decides alone;
what it leaves out is as for all.
PREFIX is the beginning of keys. In it, and in TYPE, %2C is a comma, %3B a semicolon, %20 a space,
%25 a '%'. ORIGIN is https://HOST[:PORT] as browsers name it, or * for every page.
Repeatable flags make a list. In a variable ',' parts elements, and ';' rules.
)";

constexpr std::string_view doctor_help_head =
    R"(nearcache doctor: proves on a backend, end to end, whether a cache before it can be coherent, and
prints what works and what to do about the rest. Starts no server.

Usage: nearcache doctor [FLAG [VALUE]]...

  --config FILE                       settings as YAML [NEARCACHE_CONFIG]
  --help, --version                   print this, or the version, and exit

Settings come from where nearcache takes them, but flags only for those below; nearcache --help says
how their values are written.
Exits with 0 when coherence is to be had, with 1 when it is not, with 2 when a setting is wrong.
)";

void pad_to(std::string& line, std::size_t column) {
    line.append(line.size() < column ? column - line.size() : 2, ' ');
}

std::string flag_line(const Option& option, const Draft& defaults) {
    std::string line = "  ";
    line.append(option.flag).append(" ").append(placeholder(option));
    pad_to(line, help_column);
    line.append(option.help);
    if (std::holds_alternative<Choice>(option.kind)) {
        line.append(": ").append(allowed_values(option));
    }
    const auto value = show_value(option, defaults);
    return line.append(" [").append(value.empty() ? "none" : value).append("]\n");
}

void append_name(std::string& lines, std::size_t& line_start, std::string_view name) {
    lines += ',';
    if (lines.size() + 1 + name.size() - line_start > help_width) {
        lines += '\n';
        line_start = lines.size();
        lines.append(help_column, ' ').append(name);
    } else {
        lines.append(" ").append(name);
    }
}

std::string names_lines(const Option& option) {
    std::string lines(help_column, ' ');
    lines += option.variable();
    std::size_t line_start = 0;
    for (const auto& alias : option.aliases()) append_name(lines, line_start, alias.name);
    return lines + '\n';
}

std::string heading(const Option& option) {
    const auto section = option.section();
    return section.empty() ? "\nThe process\n" : "\n" + std::string(section) + "\n";
}

// "ttl: 1m", below its section.
std::string yaml_line(const Option& option, const Origin& origin) {
    std::string line(option.section().empty() ? 0 : 2, ' ');
    line.append(option.key()).append(": ").append(origin.value);
    pad_to(line, comment_column);
    line.append("# ").append(on_one_line(origin.source)).append("\n");
    for (const auto& element : origin.elements) line.append("    - ").append(element).append("\n");
    return line;
}

// The settings of these sections, or of all when none are named.
std::string settings_help(std::span<const std::string_view> sections) {
    const Draft defaults;
    std::string text;
    std::string_view section = "none yet";
    for (const auto& option : options()) {
        const bool is_named = std::ranges::find(sections, option.section()) != sections.end();
        if (!sections.empty() && !is_named) continue;
        if (option.section() != section) text += heading(option);
        section = option.section();
        text += flag_line(option, defaults) + names_lines(option);
    }
    return text;
}

}  // namespace

std::string help_text() { return std::string(help_head) + settings_help({}); }

std::string doctor_help_text() {
    return std::string(doctor_help_head) + settings_help(doctor_sections);
}

std::string as_yaml(const std::vector<Origin>& origins) {
    std::string text;
    std::string_view section;
    for (const auto& origin : origins) {
        const auto& option = *find_option(origin.path);
        if (option.section() != section && !option.section().empty()) {
            text.append(option.section()).append(":\n");
        }
        section = option.section();
        text += yaml_line(option, origin);
    }
    return text;
}

}  // namespace nearcache::app
