#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "resp_server/command_table.hpp"

using namespace nearcache::resp_server;

namespace {

const std::filesystem::path document =
    std::filesystem::path(NEARCACHE_SOURCE_DIR) / "docs/compatibility.md";
constexpr std::string_view begin_mark = "<!-- begin of the commands -->\n";
constexpr std::string_view end_mark = "<!-- end of the commands -->\n";

std::string text_of_document() {
    std::ifstream file(document);
    REQUIRE(file.is_open());
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

// "client|list" -> "CLIENT LIST"
std::string shown_name(std::string_view name) {
    std::string shown;
    for (const char c : name) {
        shown += c == '|' ? ' ' : c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    }
    return shown;
}

std::string_view what_happens(Handler handler) {
    switch (handler) {
        case Handler::get:
        case Handler::mget:
        case Handler::string_length:
        case Handler::string_range:
        case Handler::exists:
        case Handler::proxy_get:
            return "cached";
        case Handler::expiry:
            return "cached, where the key is known not to expire, or to be absent";
        case Handler::type:
            return "cached, of strings and absent keys";
        case Handler::forward:
        case Handler::config:
            return "forwarded";
        case Handler::command:
            return "forwarded; the answer is kept for a minute";
        case Handler::info:
            return "forwarded, and our sections added";
        case Handler::client_redirection:
            return "forwarded; our number of the client";
        case Handler::forward_unless_blocking:
            return "forwarded; with `BLOCK` own connection";
        case Handler::select:
            return "answered here; Redis says whether there is such a database";
        case Handler::proxy_explain:
        case Handler::ping:
        case Handler::echo:
        case Handler::quit:
        case Handler::hello:
        case Handler::auth:
        case Handler::reset:
        case Handler::client_here:
        case Handler::client_list:
        case Handler::client_kill:
        case Handler::client_reply:
            return "answered here";
        case Handler::client_unblock:
            return "answered here; Redis ends the waiting";
        case Handler::refuse_cluster:
            return "answered here: there is no cluster";
        case Handler::multi:
        case Handler::exec:
        case Handler::discard:
        case Handler::watch:
        case Handler::unwatch:
        case Handler::block:
        case Handler::wait:
        case Handler::subscribe:
        case Handler::monitor:
        case Handler::client_tracking:
        case Handler::client_no_evict:
            return "own connection";
        case Handler::administer:
            return "denied by default";
        case Handler::refuse_for_good:
            return "denied";
        case Handler::refuse_subcommand:
        case Handler::refuse_unknown:
            break;
    }
    return "";
}

std::string_view what_it_drops(const CommandSpec& spec) {
    if (spec.handler == Handler::exec) return "what the transaction has written";
    switch (spec.writes) {
        case Writes::none:
            break;
        case Writes::all:
            return "everything";
        case Writes::keys:
            return spec.first_key == spec.last_key ? "its key" : "its keys";
        case Writes::first:
        case Writes::last:
            return "the key it writes to";
        case Writes::option:
            return "its key, with an option";
        case Writes::store:
            return "the key it stores to, if any";
        case Writes::pop:
        case Writes::script:
            return "the keys it names; without any, everything";
        case Writes::half:
            return "its streams";
        case Writes::moved:
            return "the keys it moves";
    }
    return "";
}

void add_row(std::string& table, const CommandSpec& spec) {
    const auto happens = what_happens(spec.handler);
    if (happens.empty() || spec.name.starts_with("proxy.")) return;
    table.append("| `").append(shown_name(spec.name)).append("` | ").append(happens);
    table.append(" | ").append(what_it_drops(spec)).append(" |\n");
}

std::string table_of_commands() {
    std::string table = "| Command | Here | Drops |\n|---|---|---|\n";
    for (const auto& spec : all_commands()) {
        add_row(table, spec);
        for (const auto& subcommand : subcommands(spec)) add_row(table, subcommand);
    }
    return table;
}

}  // namespace

TEST_CASE("docs/compatibility.md says of every command what becomes of it") {
    const auto text = text_of_document();
    const auto begin = text.find(begin_mark);
    const auto end = text.find(end_mark);
    REQUIRE(begin != text.npos);
    REQUIRE(end != text.npos);
    const auto from = begin + begin_mark.size();

    const auto expected = table_of_commands();

    if (std::getenv("NEARCACHE_REWRITE_DOCS") != nullptr) {
        std::ofstream(document) << text.substr(0, from) << expected << text.substr(end);
        return;
    }
    INFO("NEARCACHE_REWRITE_DOCS=1 makes this test write the table");
    // Not printed in full: it is long.
    const bool is_up_to_date = text.substr(from, end - from) == expected;
    CHECK(is_up_to_date);
}

TEST_CASE("every command of the table has a word for what becomes of it") {
    for (const auto& spec : all_commands()) {
        CAPTURE(spec.name);
        // A container without a subcommand is nothing but too short.
        CHECK((spec.has(flags::container) || !what_happens(spec.handler).empty()));
        for (const auto& subcommand : subcommands(spec)) {
            CAPTURE(subcommand.name);
            CHECK_FALSE(what_happens(subcommand.handler).empty());
        }
    }
}
