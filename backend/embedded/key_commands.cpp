#include "backend/embedded/key_commands.hpp"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "backend/embedded/words.hpp"
#include "base/glob.hpp"
#include "resp/reply_writer.hpp"

namespace nearcache::backend::embedded {
namespace {

// Gives `target` the value and the life of `source`.
void copy_entry(Keyspace::Transaction& keys, const Entry& source, std::string_view target) {
    Value value = source.value;
    const Moment expires_at = source.expires_at;
    keys.expire_at(keys.put(target, std::move(value)), expires_at);
}

// Moves a key unless `target` is there and must not be replaced; false then. Empty when there is no
// such key: the call has failed then.
std::optional<bool> rename_unless(Call& call, bool must_be_new) {
    const auto source = call.words[1];
    const auto target = call.words[2];
    auto keys = call.keyspace.begin();
    Entry* entry = keys.find(source);
    if (entry == nullptr) {
        call.fail(errors::no_such_key);
        return std::nullopt;
    }
    if (must_be_new && keys.find(target) != nullptr) return false;
    if (source == target) return true;
    copy_entry(keys, *entry, target);
    keys.erase(*entry);
    return true;
}

// Whether COPY may replace. Empty when the call has failed: there is no database but 0.
std::optional<bool> copy_replaces(Call& call) {
    bool replaces = false;
    for (std::size_t i = 3; i < call.words.size(); ++i) {
        if (same_word(call.words[i], "replace")) {
            replaces = true;
        } else if (same_word(call.words[i], "db") && i + 1 < call.words.size()) {
            if (!call.selects_database(++i)) return std::nullopt;
        } else {
            call.fail(errors::syntax);
            return std::nullopt;
        }
    }
    return replaces;
}

struct ScanOptions {
    std::size_t count = 10;
    std::string_view pattern = "*";
    std::string_view type = "string";
};

// Empty when the call has failed.
std::optional<ScanOptions> scan_options(Call& call) {
    ScanOptions options;
    for (std::size_t i = 2; i < call.words.size(); i += 2) {
        const bool has_argument = i + 1 < call.words.size();
        if (has_argument && same_word(call.words[i], "count")) {
            const auto count = call.integer(i + 1);
            if (!count) return std::nullopt;
            if (*count < 1) {
                call.fail(errors::syntax);
                return std::nullopt;
            }
            options.count = static_cast<std::size_t>(*count);
        } else if (has_argument && same_word(call.words[i], "match")) {
            options.pattern = call.words[i + 1];
        } else if (has_argument && same_word(call.words[i], "type")) {
            options.type = call.words[i + 1];
        } else {
            call.fail(errors::syntax);
            return std::nullopt;
        }
    }
    return options;
}

void reply_keys(Call& call, const std::vector<const Entry*>& entries) {
    resp::append_array(call.reply, entries.size());
    for (const Entry* entry : entries) resp::append_bulk(call.reply, entry->key());
}

}  // namespace

void del(Call& call) {
    std::int64_t deleted = 0;
    auto keys = call.keyspace.begin();
    for (const auto key : call.words.subspan(1)) {
        Entry* entry = keys.find(key);
        if (entry == nullptr) continue;
        keys.erase(*entry);
        ++deleted;
    }
    resp::append_integer(call.reply, deleted);
}

void exists(Call& call) {
    std::int64_t found = 0;
    auto keys = call.keyspace.begin();
    for (const auto key : call.words.subspan(1)) found += keys.find(key) != nullptr ? 1 : 0;
    resp::append_integer(call.reply, found);
}

void type(Call& call) {
    resp::append_simple(call.reply, call.keyspace.read(call.words[1]) ? "string" : "none");
}

void rename(Call& call) {
    if (rename_unless(call, false)) call.reply_ok();
}

void renamenx(Call& call) {
    if (const auto is_renamed = rename_unless(call, true)) {
        resp::append_integer(call.reply, *is_renamed ? 1 : 0);
    }
}

void copy(Call& call) {
    const auto replaces = copy_replaces(call);
    if (!replaces) return;
    const auto source = call.words[1];
    const auto target = call.words[2];
    if (source == target) return call.fail("ERR source and destination objects are the same");

    auto keys = call.keyspace.begin();
    const Entry* entry = keys.find(source);
    const bool is_copied = entry != nullptr && (*replaces || keys.find(target) == nullptr);
    if (is_copied) copy_entry(keys, *entry, target);
    resp::append_integer(call.reply, is_copied ? 1 : 0);
}

void randomkey(Call& call) {
    auto keys = call.keyspace.begin();
    const Entry* entry = keys.random();
    if (entry == nullptr) return call.reply_null();
    resp::append_bulk(call.reply, entry->key());
}

void keys(Call& call) {
    auto keys = call.keyspace.begin();
    std::vector<const Entry*> matching;
    keys.for_each([&](const Entry& entry) {
        if (matches_glob(call.words[1], entry.key())) matching.push_back(&entry);
    });
    reply_keys(call, matching);
}

void scan(Call& call) {
    const auto cursor = parse_cursor(call.words[1]);
    if (!cursor) return call.fail("ERR invalid cursor");
    const auto options = scan_options(call);
    if (!options) return;

    auto keys = call.keyspace.begin();
    const auto page = keys.page(*cursor, options->count);
    std::vector<const Entry*> matching;
    if (same_word(options->type, "string")) {
        std::ranges::copy_if(page.entries, std::back_inserter(matching), [&](const Entry* entry) {
            return matches_glob(options->pattern, entry->key());
        });
    }
    resp::append_array(call.reply, 2);
    resp::append_bulk(call.reply, std::to_string(page.next));
    reply_keys(call, matching);
}

void dbsize(Call& call) {
    resp::append_integer(call.reply, static_cast<std::int64_t>(call.keyspace.begin().size()));
}

// SYNC and ASYNC alike: others find the keyspace empty and free at once; who asked waits until the
// memory is given back.
void flush(Call& call) {
    const auto words = call.words;
    const bool is_valid =
        words.size() == 1 ||
        (words.size() == 2 && (same_word(words[1], "sync") || same_word(words[1], "async")));
    if (!is_valid) return call.fail(errors::syntax);
    const Dictionary removed = call.keyspace.begin().take_all();
    call.reply_ok();
}

}  // namespace nearcache::backend::embedded
