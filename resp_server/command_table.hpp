#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include <boost/container/small_vector.hpp>

#include "resp/dialect.hpp"

namespace nearcache::resp_server {

// What a command may do to the bytes or the life of a key. Stricter than Redis's own flags, since
// the cache must forget whatever changes: EVAL may write, and PFCOUNT rewrites the value it counts.
enum class Access : std::uint8_t { none, read, write };

// What the door does with a command.
enum class Handler : std::uint8_t {
    forward,  // the backend answers; exactly one reply, nothing left behind on its connection
    get,
    mget,
    string_length,
    string_range,  // GETRANGE, SUBSTR
    exists,
    expiry,  // TTL and the three like it
    type,
    proxy_get,
    proxy_explain,
    ping,
    echo,
    quit,
    select,
    command,
    config,
    info,
    hello,
    auth,
    reset,

    // CLIENT: about this client, and about all of them.
    client_here,         // ID, GETNAME, SETNAME, INFO
    client_redirection,  // GETREDIR, TRACKINGINFO
    client_list,
    client_kill,
    client_reply,
    client_unblock,
    client_tracking,
    client_no_evict,

    // What needs a connection of its client's own.
    multi,
    exec,
    discard,
    watch,
    unwatch,
    block,                    // BLPOP: waits for somebody
    forward_unless_blocking,  // XREAD, XREADGROUP: resolve() never returns it
    wait,
    subscribe,  // and its kin, UNSUBSCRIBE among them
    monitor,

    administer,         // changes the server itself: goes to the backend where that is allowed
    refuse_for_good,    // makes something else of its connection: SYNC, SCRIPT DEBUG
    refuse_cluster,     // speaks of a Redis Cluster, and there is none
    refuse_subcommand,  // the second word is not among its container's subcommands
    refuse_unknown,     // not in the table; or a container alone, which takes() refuses
};

// Which of its words a command may change. The rows say it, written_keys() reads it.
enum class Writes : std::uint8_t {
    none,
    all,     // anything at all: FLUSHALL
    keys,    // every key from first_key to last_key: DEL, RENAME
    first,   // first_key alone; the others are only read: BITOP, SDIFFSTORE
    last,    // last_key alone: COPY
    option,  // first_key, when any option follows it: GETEX
    store,   // what follows STORE or STOREDIST, anywhere: SORT, GEORADIUS
    pop,     // a count of keys is word 1, the keys follow it: LMPOP
    script,  // a count of keys is word 2, the keys follow it; with none of them all: EVAL
    half,    // the first half of what follows STREAMS: XREADGROUP
    moved,   // word 3, or when it is empty what follows KEYS: MIGRATE
};

// The flags of COMMAND's reply, and from bit 32 the ACL categories that do not follow from them.
// The names are Redis's, or say beside them which of Redis's they are.
namespace flags {
enum Bit : std::uint64_t {
    plain = 0,
    write = 1u << 0,
    readonly = 1u << 1,
    denyoom = 1u << 2,
    admin = 1u << 3,
    pubsub = 1u << 4,
    noscript = 1u << 5,
    blocking = 1u << 6,
    loading = 1u << 7,
    stale = 1u << 8,
    skip_monitor = 1u << 9,
    unlogged = 1u << 10,  // skip_slowlog
    asking = 1u << 11,
    fast = 1u << 12,
    no_auth = 1u << 13,
    not_loading = 1u << 14,  // no_async_loading
    no_multi = 1u << 15,
    no_mandatory_keys = 1u << 16,
    movable = 1u << 17,    // movablekeys
    busy = 1u << 18,       // allow_busy
    container = 1u << 19,  // has subcommands; not shown

    keyspace = 1ull << 32,
    set = 1ull << 33,
    sorted_set = 1ull << 34,
    list = 1ull << 35,
    hash = 1ull << 36,
    string = 1ull << 37,
    bitmap = 1ull << 38,
    hyperloglog = 1ull << 39,
    geo = 1ull << 40,
    stream = 1ull << 41,
    in_admin = 1ull << 42,  // @admin without the flag
    dangerous = 1ull << 43,
    connection = 1ull << 44,
    transaction = 1ull << 45,
    scripting = 1ull << 46,
};
}  // namespace flags

// Names of commands are ASCII, and their case does not matter.
constexpr char lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 32) : c;
}

std::string in_lower_case(std::string_view name);

// Whether so many words, the name included, are as many as the arity in a table of commands says:
// exactly so many, or at least so many if it is negative.
constexpr bool fits_arity(int arity, std::size_t words) noexcept {
    const auto wanted = std::int64_t{arity};
    const auto count = static_cast<std::int64_t>(words);
    return wanted >= 0 ? count == wanted : count >= -wanted;
}

// One command, or one subcommand, of Redis 7.0.
struct CommandSpec {
    std::string_view name;  // lower case; a subcommand's is "config|get"
    int arity;              // words, the name included; negative: at least that many
    Handler handler;
    int first_key;  // 0: no key at a fixed place
    int last_key;   // negative: counted from the end, -1 is the last word
    int key_step;
    Writes writes;
    std::uint64_t flags;
    Access access = Access::none;  // follows from flags and writes

    constexpr bool has(std::uint64_t flag) const noexcept { return (flags & flag) != 0; }
    constexpr bool takes(std::size_t words) const noexcept { return fits_arity(arity, words); }
};

// The only list of commands. A row that says forward is known to be safe on a connection that
// everyone shares: it gets one reply, waits for nobody and leaves nothing behind.
//
// Threads: any; nothing here ever changes.

// Case does not matter. Null when there is no such command.
const CommandSpec* find_command(std::string_view name) noexcept;
// "get" of the container CONFIG; null when it has no such subcommand.
const CommandSpec* find_subcommand(const CommandSpec& container, std::string_view name) noexcept;
// As COMMAND INFO names them: "get" or "config|get".
const CommandSpec* find_full_name(std::string_view name) noexcept;

std::span<const CommandSpec> all_commands() noexcept;  // sorted by name, without the subcommands
std::span<const CommandSpec> subcommands(const CommandSpec& container) noexcept;

// The row a whole command falls under, its subcommand's where it has one, and what to do with it.
struct Resolved {
    const CommandSpec* spec = nullptr;
    Handler handler = Handler::refuse_unknown;
};

// `words` holds at least the name. The number of words is not checked: Redis looks for an unknown
// name first, then at takes(), and only then at what the command means.
Resolved resolve(std::span<const std::string_view> words) noexcept;

// The keys that a command may change, as views into its words. Some of them may only be read; none
// that is written is missing. Scripts are taken at their word: they name the keys they touch.
struct WrittenKeys {
    boost::container::small_vector<std::string_view, 4> keys;
    bool everything = false;  // they cannot be known
};

// Adds the words from the first to the last of a table's row, by its step; a negative last counts
// from the end.
struct KeyRange {
    int first;  // positive
    int last;
    int step;  // positive
};
void add_key_range(WrittenKeys& written, const KeyRange& range,
                   std::span<const std::string_view> words);

// `spec` is what resolve() made of the words. Of a malformed command it may say anything but less.
WrittenKeys written_keys(const CommandSpec& spec, std::span<const std::string_view> words);

// The element of COMMAND's reply that describes a row: Redis's ten fields, of which tips and key
// specifications are left empty.
void append_command_info(std::string& out, const CommandSpec& spec,
                         resp::Dialect dialect = resp::Dialect::resp2);

}  // namespace nearcache::resp_server
