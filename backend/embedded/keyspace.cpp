#include "backend/embedded/keyspace.hpp"

#include <utility>

namespace nearcache::backend::embedded {
namespace {

constexpr int expired_at_once = 16;

}  // namespace

Keyspace::Transaction Keyspace::begin() { return Transaction(*this); }

std::optional<Keyspace::Snapshot> Keyspace::read(std::string_view key) {
    auto transaction = begin();
    return transaction.snapshot(key);
}

std::vector<std::optional<Keyspace::Snapshot>> Keyspace::read(
    std::span<const std::string_view> keys) {
    std::vector<std::optional<Snapshot>> found;
    found.reserve(keys.size());
    auto transaction = begin();
    for (const auto key : keys) found.push_back(transaction.snapshot(key));
    return found;
}

void Keyspace::erase(Entry& entry) {
    if (entry.expires_at != never) expiring_.erase(expiring_.iterator_to(entry));
    entries_.erase(entry);
}

void Keyspace::erase_expired(Moment now) {
    for (int i = 0; i < expired_at_once && !expiring_.empty(); ++i) {
        Entry& next = *expiring_.begin();
        if (next.expires_at > now) return;
        erase(next);
    }
}

// The time is read with the lock held, so that it never goes back from one command to the next.
Keyspace::Transaction::Transaction(Keyspace& keyspace)
    : keyspace_(keyspace),
      lock_(keyspace.mutex_),
      now_(keyspace.held_at_ ? *keyspace.held_at_ : keyspace.clock_.now()) {
    keyspace_.erase_expired(now_);
}

Entry* Keyspace::Transaction::find(std::string_view key) {
    Entry* entry = keyspace_.entries_.find(key);
    if (entry == nullptr || !has_expired(*entry)) return entry;
    erase(*entry);
    return nullptr;
}

std::optional<Keyspace::Snapshot> Keyspace::Transaction::snapshot(std::string_view key) {
    const Entry* entry = find(key);
    if (entry == nullptr) return std::nullopt;
    return Snapshot{entry->value, entry->expires_at, now_};
}

Entry& Keyspace::Transaction::put(std::string_view key, Value value) {
    Entry* entry = find(key);
    if (entry == nullptr) return keyspace_.entries_.insert(key, std::move(value));
    entry->value = std::move(value);
    return *entry;
}

void Keyspace::Transaction::expire_at(Entry& entry, Moment when) {
    auto& expiring = keyspace_.expiring_;
    if (entry.expires_at != never) expiring.erase(expiring.iterator_to(entry));
    entry.expires_at = when;
    if (when != never) expiring.insert(entry);
}

Entry* Keyspace::Transaction::random() {
    while (size() != 0) {
        std::uniform_int_distribution<std::size_t> any(0, size() - 1);
        Entry& entry = keyspace_.entries_.at(any(keyspace_.random_));
        if (!has_expired(entry)) return &entry;
        erase(entry);
    }
    return nullptr;
}

Dictionary::Page Keyspace::Transaction::page(std::uint64_t from, std::size_t count) {
    auto page = keyspace_.entries_.page(from, count);
    std::erase_if(page.entries, [this](const Entry* entry) { return has_expired(*entry); });
    return page;
}

Dictionary Keyspace::Transaction::take_all() {
    keyspace_.expiring_.clear();
    return std::exchange(keyspace_.entries_, Dictionary());
}

}  // namespace nearcache::backend::embedded
