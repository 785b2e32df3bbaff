#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace nearcache::tests {

// A directory of the test's own, gone with everything in it when the test ends.
//
// Threads: one at a time.
class TemporaryDirectory {
  public:
    TemporaryDirectory();
    ~TemporaryDirectory();
    TemporaryDirectory(const TemporaryDirectory&) = delete;
    TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

    const std::filesystem::path& path() const { return path_; }

    // Writes a file into it and returns where it is.
    std::string write(std::string_view name, std::string_view text) const;
    // All of a file in it; empty when there is none.
    std::string read(std::string_view name) const;

  private:
    std::filesystem::path path_;
};

}  // namespace nearcache::tests
