#include <cstdlib>
#include <deque>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "tests/support/console_page.hpp"
#include "tests/support/nearcache_process.hpp"
#include "tests/support/server_info.hpp"

using namespace nearcache::tests;

namespace {

// The ports that a page takes for granted.
constexpr std::uint16_t redis_port = 6379;
const std::string usual_doors = "--http-listen 127.0.0.1:8080 --resp-listen 127.0.0.1:6380";

// What every answer has, and what one has here besides: a page need not show it again and again.
const CommonFields always_there{"Server: nearcache", "Date: ", "X-Content-Type-Options: nosniff"};
const CommonFields common_fields{"Server: ", "Date: ", "X-Content-Type-Options: ", "Vary: Origin"};

std::string content_of(const std::filesystem::path& file) {
    std::ifstream stream(file, std::ios::binary);
    REQUIRE(stream.is_open());
    return {std::istreambuf_iterator<char>(stream), {}};
}

Words words_of(const std::string& text) {
    std::istringstream words(text);
    return {std::istream_iterator<std::string>(words), {}};
}

// One who reads a page at a terminal, tries every command on it, and has a redis-server. The ports
// are others than the page has them, and what is printed is given back with those of the page.
class Reader {
  public:
    // What it prints on standard output; what went wrong, in brackets.
    std::string try_out(const std::string& command) {
        settle();
        constexpr std::string_view program = "nearcache ";
        if (command.starts_with(program)) return start(command.substr(program.size()));
        return run(command);
    }

  private:
    std::string start(const std::string& flags) {
        servers_.emplace_back(words_of(with_real_ports(usual_doors + " " + flags)));
        return comes_to_keep(servers_.back()) ? "" : "(it never keeps anything)";
    }

    std::string run(const std::string& command) {
        // As at a terminal: no progress of a transfer, and replies of Redis in words.
        const auto redis = std::to_string(real_port(redis_port));
        const auto prelude = "cd '" + directory_.path().string() +
                             "'; curl() { command curl -sS \"$@\"; }; "
                             "redis-cli() { command redis-cli --no-raw -p " +
                             redis + " \"$@\"; }\n";
        Process shell({"bash", "--norc", "-c", prelude + with_real_ports(command)},
                      {"HOME=" + directory_.path().string()});
        const int status = shell.wait();
        auto printed = with_ports_of_page(shell.output());
        if (!shell.errors().empty()) printed += "(" + shell.errors() + ")";
        if (status != 0) printed += "(it ends with " + std::to_string(status) + ")";
        return printed;
    }

    // A reader is slower than an invalidation. They come in order: once that of a later write has
    // come, so have those of all writes before it.
    void settle() {
        try {
            for (const auto& server : servers_) {
                make_hot(server);
                const auto value = std::to_string(++writes_);
                redis_.command({"SET", "settled", value});
                comes_to_answer(server, value);
            }
        } catch (const std::exception&) {
            // The page is about a Redis that is away.
        }
    }

    static void make_hot(const NearcacheProcess& server) {
        auto client = server.resp();
        client.ask({"GET", "settled"});
        client.ask({"GET", "settled"});
    }

    static void comes_to_answer(const NearcacheProcess& server, const std::string& value) {
        auto client = server.resp();
        eventually([&] { return client.ask({"GET", "settled"}) == bulk(value); });
    }

    std::uint16_t real_port(std::uint16_t of_page) {
        const auto found = ports_.find(of_page);
        if (found != ports_.end()) return found->second;
        return ports_.emplace(of_page, free_port()).first->second;
    }

    std::string with_real_ports(const std::string& text) {
        static const std::regex place("(127\\.0\\.0\\.1:|localhost:|-p )([0-9]+)");
        std::string real;
        auto rest = text.begin();
        for (std::sregex_iterator match(text.begin(), text.end(), place), end; match != end;
             ++match) {
            const auto port = static_cast<std::uint16_t>(std::stoi((*match)[2]));
            real.append(rest, (*match)[1].second).append(std::to_string(real_port(port)));
            rest = (*match)[2].second;
        }
        return real.append(rest, text.end());
    }

    std::string with_ports_of_page(std::string text) const {
        for (const auto& [of_page, real] : ports_) {
            const auto from = "127.0.0.1:" + std::to_string(real);
            const auto to = "127.0.0.1:" + std::to_string(of_page);
            for (auto at = text.find(from); at != text.npos; at = text.find(from, at + to.size())) {
                text.replace(at, from.size(), to);
            }
        }
        return text;
    }

    TemporaryDirectory directory_;
    RealRedis redis_;
    std::map<std::uint16_t, std::uint16_t> ports_{{redis_port, redis_.port()}};
    std::deque<NearcacheProcess> servers_;
    int writes_ = 0;
};

// What a head lacks of what every head has; empty when there is no head, or nothing is missing.
std::string missing_in(const std::string& printed) {
    if (!printed.starts_with("HTTP/1.")) return {};
    for (const auto field : always_there) {
        if (printed.find("\n" + std::string(field)) == printed.npos) {
            return "(there is no " + std::string(field) + ")";
        }
    }
    return {};
}

// Runs a page from its top to its end.
std::vector<Correction> differences_in(std::string_view document) {
    std::vector<Correction> differences;
    Reader reader;
    for (const auto& command : read_console_page(document)) {
        const auto whole = as_shown(reader.try_out(command.command));
        const auto printed =
            without_common_fields(whole, command.shown, common_fields) + missing_in(whole);
        if (without_times(printed) != without_times(command.shown)) {
            differences.push_back({command, printed});
        }
    }
    return differences;
}

}  // namespace

TEST_CASE("every line of docs/http.md runs and gives what the page says") {
    const auto file = std::filesystem::path(NEARCACHE_SOURCE_DIR) / "docs/http.md";
    const auto page = content_of(file);
    CHECK(read_console_page(page).size() > 50);

    const auto differences = differences_in(page);

    for (const auto& [command, printed] : differences) {
        CAPTURE(command.line);
        CAPTURE(command.command);
        CHECK(printed == command.shown);
    }
    // For one who has changed what is answered, and has read the differences.
    if (std::getenv("NEARCACHE_REWRITE_DOCS") != nullptr) {
        std::ofstream(file, std::ios::binary) << corrected(page, differences);
    }
}

TEST_CASE("a page that is not what happens is found out") {
    const auto differences = differences_in(
        "```console\n"
        "$ nearcache --backend redis://127.0.0.1:6379\n"
        "$ redis-cli set a 1\n"
        "OK\n"
        "$ redis-cli -p 6380 append a 2\n"
        "(integer) 2\n"
        "$ curl -i http://127.0.0.1:8080/a\n"
        "HTTP/1.1 200 OK\n"
        "Content-Type: text/plain\n"
        "Accept-Ranges: bytes\n"
        "\n"
        "12\n"
        "$ curl http://127.0.0.1:8080/a\n"
        "1\n"
        "$ curl http://127.0.0.1:8080/b\n"
        "$ echo 'http://127.0.0.1:8080/' | tr -d '\\n'\n"
        "http://127.0.0.1:8080/\n"
        "$ echo 127.0.0.1:8080 >&2\n"
        "$ exit 3\n"
        "```\n");

    std::vector<std::size_t> lines;
    for (const auto& difference : differences) lines.push_back(difference.command.line);
    CHECK(lines == std::vector<std::size_t>{7, 13, 18, 19});
    REQUIRE(differences.size() == 4);
    CHECK(differences[0].printed.starts_with(
        "HTTP/1.1 200 OK\nContent-Type: application/octet-stream\nAccept-Ranges: bytes\n"));
    CHECK(differences[1].printed == "12");
    CHECK(differences[3].printed == "(it ends with 3)");
}
