#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "backend/config.hpp"
#include "base/endpoint.hpp"
#include "base/log.hpp"
#include "cache/config.hpp"
#include "http/config.hpp"
#include "resp_server/config.hpp"

namespace nearcache::app {

struct Limits {
    // Requests being processed at once, over both doors.
    std::size_t max_in_flight = 10'000;
    // Connections open at once, over both doors.
    std::size_t max_connections = 20'000;
};

// Everything that can be set. The folders own their parts.
struct Config {
    http::Config http;
    resp_server::Config resp;
    Endpoint admin_listen{"127.0.0.1", 8081};
    backend::Config backend;
    cache::Config cache;
    Limits limits;
    log::Config log;
    std::size_t threads = 0;  // 0: one for each core
    std::chrono::milliseconds drain_timeout{10'000};
};

// One effective setting and where it came from, for --print-config.
struct Origin {
    std::string path;   // "cache.ttl"
    std::string value;  // as YAML, secrets masked; empty for a list that has elements
    std::vector<std::string> elements = {};  // of a list, each as YAML
    std::string source;  // "default", "nearcache.yaml:12", "environment TTL", "flag --ttl"
};

// What the command line asks for.
enum class Action { run, show_help, show_version, check_config, print_config, run_doctor };

// The configuration cannot be used. what() is the whole line for standard error, without its end:
// "nearcache: nearcache.yaml:12: cache.ttl: '5 parsecs' is not a duration; allowed: ...".
class ConfigError : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

// The variables of a process, name -> value.
using Environment = std::map<std::string, std::string, std::less<>>;

// Those of this process.
//
// Threads: before any other is started.
Environment process_environment();

struct Loaded {
    Action action = Action::run;
    // --banner: print the addresses and commands to try once ready, even to what is no terminal.
    bool banner = false;
    // For show_help and print_config: what standard output gets.
    std::string output;
    // For all but show_help and show_version, as all that follows.
    Config config;
    std::vector<Origin> origins;
    // One line each, for the log: variables that look like a misspelt setting.
    std::vector<std::string> warnings;
};

// Flags before environment before the file of --config (or NEARCACHE_CONFIG) before defaults.
// Reads that file and secrets kept in files, opens nothing else. Throws ConfigError.
Loaded load_config(int argc, const char* const* argv, const Environment& environment);

}  // namespace nearcache::app
