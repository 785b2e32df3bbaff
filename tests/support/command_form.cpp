#include "tests/support/command_form.hpp"

#include <cstddef>
#include <stdexcept>

namespace nearcache::tests {

namespace {

constexpr std::string_view command_separator = " ; ";

// Where the group that begins at the front of `text` ends.
std::size_t end_of_group(std::string_view text) {
    std::size_t depth = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '[' || text[i] == '<') ++depth;
        if ((text[i] == ']' || text[i] == '>') && --depth == 0) return i;
    }
    throw std::invalid_argument("no end of the group: " + std::string(text));
}

std::vector<std::string_view> alternatives_in(std::string_view group) {
    std::vector<std::string_view> found;
    std::size_t depth = 0;
    std::size_t start = 0;
    for (std::size_t i = 0; i < group.size(); ++i) {
        if (group[i] == '[' || group[i] == '<') ++depth;
        if (group[i] == ']' || group[i] == '>') --depth;
        if (group[i] != '|' || depth > 0) continue;
        found.push_back(group.substr(start, i - start));
        start = i + 1;
    }
    found.push_back(group.substr(start));
    return found;
}

}  // namespace

std::vector<Words> FormExpander::commands(std::string_view form) {
    std::vector<Words> all;
    for (;;) {
        const auto end = form.find(command_separator);
        append(form.substr(0, end), all.emplace_back());
        if (end == form.npos) return all;
        form.remove_prefix(end + command_separator.size());
    }
}

void FormExpander::append(std::string_view form, Words& words) {
    while (!form.empty()) {
        if (form.front() == ' ') {
            form.remove_prefix(1);
        } else if (form.front() == '[' || form.front() == '<') {
            form.remove_prefix(append_group(form, words));
        } else {
            const auto word = form.substr(0, form.find_first_of(" [<"));
            words.push_back(filled(word));
            form.remove_prefix(word.size());
        }
    }
}

std::size_t FormExpander::append_group(std::string_view form, Words& words) {
    const auto end = end_of_group(form);
    const bool is_optional = form.front() == '[';
    const bool is_repeated = form.substr(end + 1).starts_with('*');
    const auto alternatives = alternatives_in(form.substr(1, end - 1));

    const std::size_t least = is_optional ? 0 : 1;
    const auto times = random_.between(least, is_repeated ? 4 : 1);
    for (std::size_t i = 0; i < times; ++i) append(random_.one_of(alternatives), words);
    return end + (is_repeated ? 2 : 1);
}

std::string FormExpander::filled(std::string_view pattern) {
    std::string word;
    while (!pattern.empty()) {
        const auto open = pattern.find('{');
        word += pattern.substr(0, open);
        if (open == pattern.npos) break;
        const auto close = pattern.find('}', open);
        word += vocabulary_.word(pattern.substr(open + 1, close - open - 1));
        pattern.remove_prefix(close + 1);
    }
    return word;
}

}  // namespace nearcache::tests
