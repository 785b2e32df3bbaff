#include "backend/embedded/command_table.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstdint>
#include <initializer_list>

#include "backend/embedded/call.hpp"
#include "backend/embedded/expiry_commands.hpp"
#include "backend/embedded/key_commands.hpp"
#include "backend/embedded/number_commands.hpp"
#include "backend/embedded/server_commands.hpp"
#include "backend/embedded/string_commands.hpp"
#include "backend/embedded/words.hpp"
#include "resp/reply_writer.hpp"

namespace nearcache::backend::embedded {
namespace {

void command(Call& call);
void command_count(Call& call);
void command_docs(Call& call);

enum class Access { none, read, write };

// Which words are keys: first, last (negative: from the end) and how far apart.
struct KeyWords {
    int first, last, step;
};
constexpr KeyWords no_key{0, 0, 0};
constexpr KeyWords one_key{1, 1, 1};
constexpr KeyWords two_keys{1, 2, 1};
constexpr KeyWords all_keys{1, -1, 1};
constexpr KeyWords key_pairs{1, -1, 2};

struct Command {
    std::string_view name;  // lower case; container|subcommand
    int arity;              // words, the name's included; negative: that many or more
    Access access;
    KeyWords keys;
    void (*run)(Call&);  // null: a container, nothing without a subcommand

    bool takes(std::size_t words) const noexcept {
        const auto count = static_cast<std::ptrdiff_t>(words);
        return arity < 0 ? count >= -arity : count == arity;
    }
};

// All commands of the embedded store, by name.
constexpr auto commands = std::to_array<Command>({
    {"append", 3, Access::write, one_key, append},
    {"client", -2, Access::none, no_key, nullptr},
    {"client|id", 2, Access::none, no_key, client_id},
    {"client|setname", 3, Access::none, no_key, client_setname},
    {"command", -1, Access::none, no_key, command},
    {"command|count", 2, Access::none, no_key, command_count},
    {"command|docs", -2, Access::none, no_key, command_docs},
    {"copy", -3, Access::write, two_keys, copy},
    {"dbsize", 1, Access::read, no_key, dbsize},
    {"decr", 2, Access::write, one_key, decr},
    {"decrby", 3, Access::write, one_key, decrby},
    {"del", -2, Access::write, all_keys, del},
    {"echo", 2, Access::none, no_key, echo},
    {"exists", -2, Access::read, all_keys, exists},
    {"expire", -3, Access::write, one_key, expire},
    {"expireat", -3, Access::write, one_key, expireat},
    {"expiretime", 2, Access::read, one_key, expiretime},
    {"flushall", -1, Access::write, no_key, flush},
    {"flushdb", -1, Access::write, no_key, flush},
    {"get", 2, Access::read, one_key, get},
    {"getdel", 2, Access::write, one_key, getdel},
    {"getex", -2, Access::write, one_key, getex},
    {"getrange", 4, Access::read, one_key, getrange},
    {"getset", 3, Access::write, one_key, getset},
    {"incr", 2, Access::write, one_key, incr},
    {"incrby", 3, Access::write, one_key, incrby},
    {"incrbyfloat", 3, Access::write, one_key, incrbyfloat},
    {"keys", 2, Access::read, no_key, keys},
    {"mget", -2, Access::read, all_keys, mget},
    {"mset", -3, Access::write, key_pairs, mset},
    {"msetnx", -3, Access::write, key_pairs, msetnx},
    {"persist", 2, Access::write, one_key, persist},
    {"pexpire", -3, Access::write, one_key, pexpire},
    {"pexpireat", -3, Access::write, one_key, pexpireat},
    {"pexpiretime", 2, Access::read, one_key, pexpiretime},
    {"ping", -1, Access::none, no_key, ping},
    {"psetex", 4, Access::write, one_key, psetex},
    {"pttl", 2, Access::read, one_key, pttl},
    {"randomkey", 1, Access::read, no_key, randomkey},
    {"rename", 3, Access::write, two_keys, rename},
    {"renamenx", 3, Access::write, two_keys, renamenx},
    {"scan", -2, Access::read, no_key, scan},
    {"select", 2, Access::none, no_key, select},
    {"set", -3, Access::write, one_key, set},
    {"setex", 4, Access::write, one_key, setex},
    {"setnx", 3, Access::write, one_key, setnx},
    {"setrange", 4, Access::write, one_key, setrange},
    {"strlen", 2, Access::read, one_key, strlen},
    {"substr", 4, Access::read, one_key, getrange},
    {"time", 1, Access::none, no_key, time},
    {"touch", -2, Access::read, all_keys, exists},
    {"ttl", 2, Access::read, one_key, ttl},
    {"type", 2, Access::read, one_key, type},
    {"unlink", -2, Access::write, all_keys, del},
});
static_assert(std::ranges::is_sorted(commands, {}, &Command::name));

constexpr std::size_t longest_name = 32;
static_assert(std::ranges::all_of(commands, [](const Command& row) {
    return row.name.size() <= longest_name;
}));

bool is_subcommand(const Command& row) { return row.name.find('|') != std::string_view::npos; }

// By a name in any case; the parts together are the row's name.
const Command* find_command(std::initializer_list<std::string_view> parts) {
    std::array<char, longest_name> text;
    auto end = text.begin();
    for (const auto part : parts) {
        if (part.size() > static_cast<std::size_t>(text.end() - end)) return nullptr;
        end = std::ranges::transform(part, end, lower).out;
    }
    const std::string_view wanted(text.begin(), end);
    const auto found = std::ranges::lower_bound(commands, wanted, {}, &Command::name);
    return found != commands.end() && found->name == wanted ? &*found : nullptr;
}

bool has_subcommands(const Command& row) {
    const auto* const next = &row + 1;
    return next != commands.data() + commands.size() && is_subcommand(*next) &&
           next->name.starts_with(row.name) && next->name[row.name.size()] == '|';
}

std::string quoted_words(std::span<const std::string_view> words) {
    constexpr std::size_t enough = 128;
    std::string quoted;
    for (const auto word : words) {
        if (quoted.size() >= enough) break;
        const auto shown = word.substr(0, enough - quoted.size());
        // Redis prints words as C strings.
        quoted.append("'").append(shown.substr(0, shown.find('\0'))).append("' ");
    }
    return quoted;
}

std::string shown_name(std::string_view name) {
    return std::string(name.substr(0, std::min<std::size_t>(128, name.find('\0'))));
}

void fail_unknown(Call& call) {
    call.fail("ERR unknown command '" + shown_name(call.words[0]) +
              "', with args beginning with: " + quoted_words(call.words.subspan(1)));
}

void fail_unknown_subcommand(Call& call) {
    std::string container(call.name);
    std::ranges::transform(container, container.begin(), [](char c) {
        return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    });
    call.fail("ERR unknown subcommand '" + shown_name(call.words[1]) + "'. Try " + container +
              " HELP.");
}

// The six elements of COMMAND that all versions of Redis have.
void append_row(Call& call, const Command& row) {
    auto& reply = call.reply;
    resp::append_array(reply, 6);
    resp::append_bulk(reply, row.name);
    resp::append_integer(reply, row.arity);
    const char set = call.dialect == resp::Dialect::resp3 ? '~' : '*';
    resp::append_header(reply, set, row.access == Access::none ? 0 : 1);
    if (row.access == Access::read) resp::append_simple(reply, "readonly");
    if (row.access == Access::write) resp::append_simple(reply, "write");
    resp::append_integer(reply, row.keys.first);
    resp::append_integer(reply, row.keys.last);
    resp::append_integer(reply, row.keys.step);
}

std::size_t count_commands() {
    return commands.size() -
           static_cast<std::size_t>(std::ranges::count_if(commands, is_subcommand));
}

void command(Call& call) {
    resp::append_array(call.reply, count_commands());
    for (const auto& row : commands) {
        if (!is_subcommand(row)) append_row(call, row);
    }
}

void command_count(Call& call) {
    resp::append_integer(call.reply, static_cast<std::int64_t>(count_commands()));
}

// No documentation: an empty map, as Redis gives for a command it does not know.
void command_docs(Call& call) {
    resp::append_header(call.reply, call.dialect == resp::Dialect::resp3 ? '%' : '*', 0);
}

}  // namespace

void execute(Keyspace& keyspace, std::span<const std::string_view> words, std::string& reply,
             resp::Dialect dialect) {
    assert(!words.empty());
    const Command* row = find_command({words[0]});
    Call call{words, row != nullptr ? row->name : "", keyspace, reply, dialect};
    if (row == nullptr || is_subcommand(*row)) return fail_unknown(call);

    if (words.size() > 1 && has_subcommands(*row)) {
        row = find_command({words[0], "|", words[1]});
        if (row == nullptr) return fail_unknown_subcommand(call);
        call.name = row->name;
    }
    if (!row->takes(words.size())) return call.fail_arity();
    row->run(call);
}

}  // namespace nearcache::backend::embedded
