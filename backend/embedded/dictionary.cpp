#include "backend/embedded/dictionary.hpp"

#include <algorithm>
#include <cassert>
#include <iterator>
#include <utility>

#include "base/hash.hpp"

namespace nearcache::backend::embedded {
namespace {

constexpr unsigned table_bits = 12;
// A place is the first bits of a hash: few enough for clients that read a cursor as a double.
constexpr unsigned place_bits = 48;

constexpr std::uint64_t place_of(std::uint64_t hash) { return hash >> (64 - place_bits); }
constexpr std::uint64_t first_place(std::size_t table) {
    return std::uint64_t{table} << (place_bits - table_bits);
}
constexpr std::size_t table_at(std::uint64_t place) { return place >> (place_bits - table_bits); }

}  // namespace

Dictionary::Dictionary() : seed_(random_seed()), tables_(std::size_t{1} << table_bits) {}

Dictionary::NameView Dictionary::hashed(std::string_view key) const noexcept {
    return {key, seeded_hash(key, seed_)};
}

Dictionary::Table& Dictionary::table_of(std::uint64_t hash) noexcept {
    return tables_[table_at(place_of(hash))];
}

Entry* Dictionary::find(std::string_view key) {
    const NameView name = hashed(key);
    auto& table = table_of(name.hash);
    const auto found = table.find(name);
    return found == table.end() ? nullptr : &found->second;
}

Entry& Dictionary::insert(std::string_view key, Value&& value) {
    const NameView name = hashed(key);
    auto [place, is_new] =
        table_of(name.hash).try_emplace(Name{std::string(key), name.hash}, std::move(value));
    assert(is_new);
    place->second.name = &place->first.text;
    ++size_;
    return place->second;
}

void Dictionary::erase(Entry& entry) {
    const NameView name = hashed(entry.key());
    auto& table = table_of(name.hash);
    table.erase(table.find(name));
    --size_;
    // The tables give back what they grew by; those of the smallest size are not worth it.
    if (table.bucket_count() > 32 && table.bucket_count() > 8 * table.size()) table.rehash(0);
}

Entry& Dictionary::at(std::size_t index) {
    assert(index < size_);
    auto table = tables_.begin();
    for (; index >= table->size(); ++table) index -= table->size();
    return std::next(table->begin(), static_cast<std::ptrdiff_t>(index))->second;
}

Dictionary::Page Dictionary::page(std::uint64_t from, std::size_t count) {
    Page page;
    for (auto index = table_at(from); index < tables_.size(); ++index) {
        if (page.entries.size() >= count) {
            page.next = first_place(index);
            return page;
        }
        page.next = take(tables_[index], from, count - page.entries.size(), page.entries);
        if (page.next != 0) return page;
    }
    return page;
}

std::uint64_t Dictionary::take(Table& table, std::uint64_t from, std::size_t count,
                               std::vector<Entry*>& taken) {
    std::vector<Placed> behind;
    for (auto& [name, entry] : table) {
        if (const auto place = place_of(name.hash); place >= from)
            behind.push_back({place, &entry});
    }
    std::uint64_t rest = 0;
    if (behind.size() > count) {
        // Equal places are taken together: a page that ended between them could never go on.
        const auto last = behind.begin() + static_cast<std::ptrdiff_t>(count) - 1;
        std::ranges::nth_element(behind, last, {}, &Placed::place);
        rest = last->place + 1;
        std::erase_if(behind, [rest](const Placed& placed) { return placed.place >= rest; });
    }
    for (const auto& placed : behind) taken.push_back(placed.entry);
    return rest;
}

}  // namespace nearcache::backend::embedded
