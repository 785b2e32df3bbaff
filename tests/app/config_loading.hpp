#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>
#include <unistd.h>

#include "app/config.hpp"

// What the tests of app/config share: a configuration as a command line, an environment and files
// would make it.
namespace nearcache::app::test {

// A file that lives as long as the test.
class TextFile {
  public:
    explicit TextFile(const std::string& text) {
        auto pattern = (std::filesystem::temp_directory_path() / "nearcache-XXXXXX").string();
        const int descriptor = ::mkstemp(pattern.data());
        REQUIRE(descriptor >= 0);
        ::close(descriptor);
        path_ = pattern;
        std::ofstream(path_, std::ios::binary) << text;
    }
    TextFile(const TextFile&) = delete;
    TextFile& operator=(const TextFile&) = delete;
    ~TextFile() { std::filesystem::remove(path_); }

    const std::string& path() const { return path_; }

  private:
    std::string path_;
};

using Words = std::vector<std::string>;

inline Loaded load(const Words& words, const Environment& environment = {}) {
    std::vector<const char*> argv{"nearcache"};
    for (const auto& word : words) argv.push_back(word.c_str());
    return load_config(static_cast<int>(argv.size()), argv.data(), environment);
}

// The line that the start ends with; empty when it does not.
inline std::string complaint(const Words& words, const Environment& environment = {}) {
    try {
        load(words, environment);
    } catch (const ConfigError& error) {
        return error.what();
    }
    return {};
}

inline std::string origin(const Loaded& loaded, std::string_view path) {
    const auto found = std::ranges::find(loaded.origins, path, &Origin::path);
    REQUIRE(found != loaded.origins.end());
    return found->value + " # " + found->source;
}

// Every setting as --print-config shows it, without where it came from.
inline Words values(const Loaded& loaded) {
    Words shown;
    for (const auto& entry : loaded.origins) {
        shown.push_back(entry.path + ": " + entry.value);
        shown.insert(shown.end(), entry.elements.begin(), entry.elements.end());
    }
    return shown;
}

// The elements of a list as --print-config shows them.
inline Words elements(const Loaded& loaded, std::string_view path) {
    const auto found = std::ranges::find(loaded.origins, path, &Origin::path);
    REQUIRE(found != loaded.origins.end());
    return found->elements;
}

inline bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

inline std::filesystem::path example_file() {
    return std::filesystem::path(__FILE__).parent_path() / "../../app/nearcache.example.yaml";
}

}  // namespace nearcache::app::test
