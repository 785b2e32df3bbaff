#include "tests/support/console_page.hpp"

#include <algorithm>
#include <ranges>
#include <stdexcept>

namespace nearcache::tests {

namespace {

constexpr std::string_view fence = "```";
constexpr std::string_view opening = "```console";
constexpr std::string_view prompt = "$ ";

std::vector<std::string_view> lines_of(std::string_view text) {
    std::vector<std::string_view> lines;
    for (auto end = text.find('\n'); end != text.npos; end = text.find('\n')) {
        lines.push_back(text.substr(0, end));
        text.remove_prefix(end + 1);
    }
    lines.push_back(text);
    return lines;
}

// Calls visit(line, is_in_head) for each line. A head begins with the version and ends with an
// empty line.
template <class Visit>
void for_each_line(std::string_view text, Visit&& visit) {
    bool is_in_head = false;
    for (auto line : lines_of(text)) {
        if (line.starts_with("HTTP/1.")) is_in_head = true;
        const bool ends_head = line.empty() || line == "\r";
        visit(line, is_in_head);
        if (ends_head) is_in_head = false;
    }
}

std::string joined(const std::vector<std::string>& lines) {
    std::string text;
    for (std::size_t i = 0; i < lines.size(); ++i) text.append(i == 0 ? "" : "\n").append(lines[i]);
    return text;
}

class Reader {
  public:
    std::vector<ConsoleCommand> read(std::string_view document) {
        for (const auto line : lines_of(document)) {
            ++number_;
            take(line);
        }
        if (is_inside_) fail("a block that does not end");
        return std::move(commands_);
    }

  private:
    void take(std::string_view line) {
        if (line.starts_with(fence)) return turn(line);
        if (!is_inside_) return;
        if (is_unfinished_) return add_to_command(line);
        if (line.starts_with(prompt)) return begin(line.substr(prompt.size()));
        if (is_first_) fail("a block that does not begin with a command");
        shown_.emplace_back(line);
    }

    void turn(std::string_view line) {
        if (is_inside_) {
            if (is_unfinished_ || is_first_) fail("a block that ends with half a command");
            finish();
            is_inside_ = false;
        } else {
            if (line != opening) fail("a block that is not of commands: " + std::string(line));
            is_inside_ = is_first_ = true;
        }
    }

    void begin(std::string_view command) {
        finish();
        commands_.emplace_back().line = number_;
        is_first_ = false;
        add_to_command(command);
    }

    void add_to_command(std::string_view part) {
        is_unfinished_ = part.ends_with('\\');
        if (is_unfinished_) part.remove_suffix(1);
        commands_.back().command += part;
        commands_.back().shown_from = number_ + 1;
    }

    void finish() {
        if (is_first_ || commands_.empty()) return;
        commands_.back().shown = joined(shown_);
        commands_.back().shown_to = number_;
        shown_.clear();
    }

    [[noreturn]] void fail(const std::string& what) const {
        throw std::runtime_error("line " + std::to_string(number_) + ": " + what);
    }

    std::vector<ConsoleCommand> commands_;
    std::vector<std::string> shown_;  // below the last command
    std::size_t number_ = 0;
    bool is_inside_ = false;
    bool is_first_ = false;  // no command of this block has begun
    bool is_unfinished_ = false;
};

// "ttl=59" -> "ttl=N", wherever `name` stands in the line.
void hide_number(std::string& line, std::string_view name) {
    constexpr std::string_view digits = "0123456789";
    for (auto at = line.find(name); at != line.npos; at = line.find(name, at + 1)) {
        const auto begin = at + name.size();
        const auto end = std::min(line.find_first_not_of(digits, begin), line.size());
        if (end > begin) line.replace(begin, end - begin, "N");
    }
}

}  // namespace

std::vector<ConsoleCommand> read_console_page(std::string_view document) {
    return Reader().read(document);
}

std::string corrected(std::string_view document, const std::vector<Correction>& corrections) {
    std::vector<std::string> lines;
    for (const auto line : lines_of(document)) lines.emplace_back(line);
    // From the last to the first, so that the numbers of those before still hold.
    for (const auto& [command, printed] : corrections | std::views::reverse) {
        const auto begin = lines.begin() + static_cast<std::ptrdiff_t>(command.shown_from - 1);
        const auto end = lines.begin() + static_cast<std::ptrdiff_t>(command.shown_to - 1);
        const auto gap = lines.erase(begin, end);
        if (!printed.empty()) lines.insert(gap, printed);
    }
    return joined(lines);
}

std::string as_shown(std::string_view printed) {
    std::vector<std::string> lines;
    for_each_line(printed, [&lines](std::string_view line, bool is_in_head) {
        if (is_in_head && line.ends_with('\r')) line.remove_suffix(1);
        lines.emplace_back(line);
    });
    if (lines.back().empty()) lines.pop_back();
    return joined(lines);
}

std::string without_common_fields(std::string_view printed, std::string_view shown,
                                  const CommonFields& fields) {
    const auto shown_lines = lines_of(shown);
    const auto is_left_out = [&](std::string_view line, std::string_view field) {
        const auto is_it = [field](std::string_view text) { return text.starts_with(field); };
        return is_it(line) && std::ranges::none_of(shown_lines, is_it);
    };
    std::vector<std::string> lines;
    for_each_line(printed, [&](std::string_view line, bool is_in_head) {
        const bool is_dropped = is_in_head && std::ranges::any_of(fields, [&](const auto& field) {
                                    return is_left_out(line, field);
                                });
        if (!is_dropped) lines.emplace_back(line);
    });
    return joined(lines);
}

std::string without_times(std::string_view text) {
    std::vector<std::string> lines;
    for_each_line(text, [&lines](std::string_view line, bool is_in_head) {
        lines.emplace_back(line);
        if (!is_in_head) return;
        auto& shown = lines.back();
        if (shown.starts_with("Date: ")) shown = "Date: then";
        if (shown.starts_with("Age: ")) hide_number(shown, "Age: ");
        if (shown.starts_with("Cache-Control: ")) hide_number(shown, "max-age=");
        if (shown.starts_with("Cache-Status: ")) hide_number(shown, "ttl=");
    });
    return joined(lines);
}

}  // namespace nearcache::tests
