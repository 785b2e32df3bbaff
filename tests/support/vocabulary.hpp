#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/random_source.hpp"

namespace nearcache::tests {

// What the placeholders of command forms stand for: a name such as "s" (the key of a string, as a
// rule), "field" or "seconds" becomes one of a few words, so that commands meet each other's keys.
//
// What depends on the time is either far away or over already: no reply changes while a test runs.
//
// Threads: one at a time.
class Vocabulary {
  public:
    explicit Vocabulary(RandomSource& random);

    // Throws std::out_of_range when there is no such placeholder.
    std::string word(std::string_view name);

    // Adds a placeholder whose words only a server can tell, such as the digest of a script.
    void define(std::string name, std::vector<std::string> words);

  private:
    std::string value();
    std::string blob();
    std::string new_id();
    std::string known_id();
    std::string key_of(const std::string& kind);

    RandomSource& random_;
    std::map<std::string, std::vector<std::string>, std::less<>> words_;
    std::map<std::string, std::vector<std::string>, std::less<>> keys_;
    std::vector<std::string> all_keys_;
    std::vector<std::string> ids_{"1-1"};  // of stream entries; the latest are drawn
    std::size_t last_id_ = 1;
};

}  // namespace nearcache::tests
