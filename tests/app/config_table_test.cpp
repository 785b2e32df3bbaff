#include "app/config_table.hpp"

#include <algorithm>
#include <string>

#include <doctest/doctest.h>

#include "app/config_values.hpp"
#include "tests/app/config_loading.hpp"

using namespace nearcache::app;
using namespace nearcache::app::test;

TEST_CASE("every setting can be said by its path, its flag and its variable") {
    const TextFile secret("s3cret\n");
    for (const auto& option : options()) {
        CAPTURE(option.path);
        const auto value = show_value(option, Draft{});
        const bool is_file = option.path.ends_with("_file");
        const auto text = is_file ? secret.path() : value;
        const std::string indent = option.section().empty() ? "" : "  ";
        const auto section = std::string(option.section());
        const std::string yaml = option.is_list() ? "[]" : "\"" + text + "\"";
        const TextFile file((section.empty() ? "" : section + ":\n") + indent +
                            std::string(option.key()) + ": " + yaml + "\n");
        const auto said = [&](const Loaded& loaded) {
            return origin(loaded, option.path).substr(origin(loaded, option.path).find(" # ") + 3);
        };

        CHECK(said(load({"--config", file.path()})).starts_with(file.path() + ":"));
        CHECK(said(load({std::string(option.flag), text})) == "flag " + std::string(option.flag));
        if (!text.empty()) {
            CHECK(said(load({}, {{option.variable(), text}})) ==
                  "environment " + option.variable());
        }
    }
}

TEST_CASE("names are not used twice") {
    Words names;
    for (const auto& option : options()) {
        names.insert(names.end(),
                     {std::string(option.path), std::string(option.flag), option.variable()});
        for (const auto& alias : option.aliases()) names.emplace_back(alias.name);
    }
    std::ranges::sort(names);

    CHECK(std::ranges::adjacent_find(names) == names.end());
}
