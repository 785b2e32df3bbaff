#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <boost/intrusive/set_hook.hpp>

#include "backend/embedded/value.hpp"
#include "backend/embedded/wall_clock.hpp"

namespace nearcache::backend::embedded {

using ExpiryHook =
    boost::intrusive::set_base_hook<boost::intrusive::optimize_size<true>,
                                    boost::intrusive::link_mode<boost::intrusive::normal_link>>;

// One key of the keyspace: its value, and when it ends. Stays where it is until it is erased.
struct Entry : ExpiryHook {
    explicit Entry(Value first_value) : value(std::move(first_value)) {}

    const std::string& key() const noexcept { return *name; }

    Value value;
    Moment expires_at = never;          // changed by Keyspace alone, which files the entry under it
    const std::string* name = nullptr;  // the key's text, in the dictionary
};

// Keys and their entries, in the order of the keys' hashes. A key's hash never changes, so a walk
// that remembers a place in that order misses no key that is there throughout, however much the
// dictionary grows and shrinks meanwhile: that is all a SCAN cursor is.
//
// The order's first bits choose one of many small hash tables, so that no insertion ever waits for
// millions of entries to be hashed anew.
//
// Threads: one at a time.
class Dictionary {
  public:
    // A part of a walk, and the place to go on from; 0 is the beginning, and the end.
    struct Page {
        std::vector<Entry*> entries;
        std::uint64_t next = 0;
    };

    Dictionary();

    Entry* find(std::string_view key);
    // The key must not be there.
    Entry& insert(std::string_view key, Value&& value);
    void erase(Entry& entry);

    std::size_t size() const noexcept { return size_; }
    // The index-th entry in no useful order; takes a while.
    Entry& at(std::size_t index);

    // The next `count` entries (more when hashes collide), from the place where the last page
    // ended.
    Page page(std::uint64_t from, std::size_t count);

    template <class Visit>
    void for_each(Visit visit) {
        for (auto& table : tables_) {
            for (auto& [name, entry] : table) visit(entry);
        }
    }

  private:
    struct NameView {
        std::string_view text;
        std::uint64_t hash;
    };
    struct Name {
        std::string text;
        std::uint64_t hash;
    };
    // Both take a Name as well as a NameView, so that looking a key up builds no string.
    struct NameHash {
        using is_transparent = void;  // NOLINT(readability-identifier-naming): the library's name

        template <class AnyName>
        std::size_t operator()(const AnyName& name) const noexcept {
            return name.hash;
        }
    };
    struct NameEqual {
        using is_transparent = void;  // NOLINT(readability-identifier-naming): the library's name

        template <class AnyName, class OtherName>
        bool operator()(const AnyName& a, const OtherName& b) const noexcept {
            return a.hash == b.hash && a.text == b.text;
        }
    };
    using Table = std::unordered_map<Name, Entry, NameHash, NameEqual>;
    struct Placed {
        std::uint64_t place;
        Entry* entry;
    };

    NameView hashed(std::string_view key) const noexcept;
    Table& table_of(std::uint64_t hash) noexcept;
    // Appends what `table` holds at or behind `from`, at most `count` entries and their equals, and
    // says where the rest begins, or 0 when there is none.
    static std::uint64_t take(Table& table, std::uint64_t from, std::size_t count,
                              std::vector<Entry*>& taken);

    std::uint64_t seed_;  // not known to clients: they cannot choose keys that collide
    std::vector<Table> tables_;
    std::size_t size_ = 0;
};

}  // namespace nearcache::backend::embedded
