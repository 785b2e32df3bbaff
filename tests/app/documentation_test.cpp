#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "app/config_rules.hpp"
#include "app/config_table.hpp"
#include "app/config_values.hpp"

using namespace nearcache::app;

namespace {

namespace fs = std::filesystem;

// The cells of a table's row.
using Row = std::vector<std::string>;

const fs::path root = NEARCACHE_SOURCE_DIR;

std::vector<std::string> lines_of(const fs::path& document) {
    std::ifstream file(root / document);
    CAPTURE(document.string());
    REQUIRE(file.is_open());
    std::vector<std::string> lines;
    for (std::string line; std::getline(file, line);) lines.push_back(line);
    return lines;
}

std::string trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(' ');
    if (first == text.npos) return {};
    return std::string(text.substr(first, text.find_last_not_of(' ') - first + 1));
}

// "| a | b |" -> "a", "b"
Row cells_of(std::string_view line) {
    Row cells;
    line.remove_prefix(1);
    for (auto bar = line.find('|'); bar != line.npos; bar = line.find('|')) {
        cells.push_back(trimmed(line.substr(0, bar)));
        line.remove_prefix(bar + 1);
    }
    return cells;
}

// The rows of all tables in docs/configuration.md whose heads are these.
std::vector<Row> rows_below(const Row& head) {
    std::vector<Row> rows;
    bool is_inside = false;
    for (const auto& line : lines_of("docs/configuration.md")) {
        const bool is_row = line.starts_with("| ");
        if (is_row && is_inside) rows.push_back(cells_of(line));
        if (is_row && cells_of(line) == head) is_inside = true;
        if (line.empty()) is_inside = false;
    }
    return rows;
}

std::vector<Row> setting_rows() {
    return rows_below({"Setting", "Flag", "Variable", "Default", "Meaning"});
}

std::vector<Row> alias_rows() { return rows_below({"Setting", "Flags", "Variables"}); }

std::string code(std::string_view text) { return "`" + std::string(text) + "`"; }

const Row* find_row(const std::vector<Row>& rows, const Option& option) {
    const auto is_wanted = [&](const Row& row) { return row.front() == code(option.path); };
    const auto found = std::ranges::find_if(rows, is_wanted);
    return found == rows.end() ? nullptr : &*found;
}

template <class... Kinds>
bool is_one_of(const Option& option) {
    return (std::holds_alternative<Kinds>(option.kind) || ...);
}

// "1 to 256", or the names there are; nothing for what has no bounds.
std::string bounds_of(const Option& option) {
    const auto allowed = allowed_values(option);
    if (is_one_of<Count, Percent, Switch, Choice>(option)) return allowed;
    const auto open = allowed.find('(');
    const auto end = allowed.find(')');
    if (open == allowed.npos || end == allowed.npos) return {};
    return allowed.substr(open + 1, end - open - 1);
}

// Where the links of a line lead: what is between "](" and ")".
std::vector<std::string> link_targets(std::string_view line) {
    std::vector<std::string> targets;
    for (auto at = line.find("]("); at != line.npos; at = line.find("](")) {
        line.remove_prefix(at + 2);
        targets.emplace_back(line.substr(0, line.find(')')));
    }
    return targets;
}

std::vector<fs::path> documents() {
    std::vector<fs::path> found{"README.md", "CHANGELOG.md"};
    for (const auto& entry : fs::recursive_directory_iterator(root / "docs")) {
        if (entry.path().extension() == ".md") found.push_back(fs::relative(entry.path(), root));
    }
    return found;
}

}  // namespace

TEST_CASE("docs/configuration.md has each setting's flag, variable, default and bounds") {
    const auto rows = setting_rows();

    for (const auto& option : options()) {
        CAPTURE(option.path);
        const auto* row = find_row(rows, option);
        REQUIRE(row != nullptr);
        REQUIRE(row->size() == 5);
        const auto value = show_value(option, Draft{});
        CHECK(row->at(1) ==
              code(std::string(option.flag) + " " + std::string(placeholder(option))));
        CHECK(row->at(2) == code(option.variable()));
        CHECK(row->at(3) == (value.empty() ? "none" : code(value)));
        const auto bounds = bounds_of(option);
        if (!bounds.empty()) CHECK(row->at(4).ends_with("Allowed: " + bounds + "."));
    }
}

TEST_CASE("docs/configuration.md has each setting once, in the order of --help, and no others") {
    std::string documented;
    for (const auto& row : setting_rows()) documented += row.front() + "\n";

    std::string expected;
    for (const auto& option : options()) expected += code(option.path) + "\n";
    CHECK(documented == expected);
}

TEST_CASE("docs/configuration.md has each setting's other names, in their order, and no others") {
    const auto rows = alias_rows();

    for (const auto& option : options()) {
        CAPTURE(option.path);
        const auto* row = find_row(rows, option);
        std::string flags;
        std::string variables;
        for (const auto& alias : option.aliases()) {
            auto& names = alias.name.starts_with("--") ? flags : variables;
            names += (names.empty() ? "" : ", ") + code(alias.name);
            if (alias.part == Part::address) names += " (`host:port`)";
        }
        CHECK((row != nullptr) == !option.aliases().empty());
        if (row == nullptr) continue;
        CHECK(row->at(1) == flags);
        CHECK(row->at(2) == variables);
    }
}

TEST_CASE("docs/configuration.md has each member of a rule, in the order of --print-config") {
    Row documented;
    for (const auto& row : rows_below({"Member", "Value", "Meaning"})) {
        documented.push_back(row.front());
    }

    Row expected;
    for (const auto member : rule_members()) expected.push_back(code(member));
    CHECK(documented == expected);
}

TEST_CASE("links between the documents lead to files that exist") {
    std::size_t seen = 0;

    for (const auto& document : documents()) {
        for (const auto& line : lines_of(document)) {
            for (const auto& target : link_targets(line)) {
                const auto file = target.substr(0, target.find('#'));
                if (file.empty() || file.find("://") != file.npos) continue;
                CAPTURE(document.string());
                CAPTURE(target);
                CHECK(fs::exists(root / document.parent_path() / file));
                ++seen;
            }
        }
    }
    CHECK(seen > 0);
}
