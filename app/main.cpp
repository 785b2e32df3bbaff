#include <cstdio>
#include <cstdlib>
#include <exception>
#include <iostream>

#include <unistd.h>

#include "app/banner.hpp"
#include "app/config.hpp"
#include "app/doctor.hpp"
#include "app/server.hpp"
#include "app/version.hpp"
#include "base/log.hpp"

namespace {

using namespace nearcache;

// What a script can tell from the exit status.
constexpr int stopped_with_clients = 3;  // the drain timed out
constexpr int bad_configuration = 2;

int serve(const app::Loaded& loaded) {
    log::configure(loaded.config.log);
    for (const auto& warning : loaded.warnings) log::warn("app", warning);
    app::Server server(loaded.config);
    if (loaded.banner || isatty(STDOUT_FILENO) != 0) {
        std::cout << app::banner(server.http_addresses(), server.resp_addresses()) << std::flush;
    }
    return server.run() ? EXIT_SUCCESS : stopped_with_clients;
}

int examine(const app::Loaded& loaded) {
    log::configure(loaded.config.log);
    for (const auto& warning : loaded.warnings) log::warn("app", warning);
    return app::run_doctor(loaded.config.backend, std::cout);
}

int perform(const app::Loaded& loaded) {
    switch (loaded.action) {
        case app::Action::run:
            return serve(loaded);
        case app::Action::run_doctor:
            return examine(loaded);
        case app::Action::show_version:
            std::cout << "nearcache " << app::version << "\n";
            break;
        case app::Action::check_config:
            std::cout << "configuration is valid\n";
            break;
        case app::Action::show_help:
        case app::Action::print_config:
            std::cout << loaded.output;
            break;
    }
    return EXIT_SUCCESS;
}

}  // namespace

int main(int argc, char** argv) {
    try {
        return perform(app::load_config(argc, argv, app::process_environment()));
    } catch (const app::ConfigError& wrong) {
        std::cerr << wrong.what() << "\n";
        return bad_configuration;
    } catch (const std::exception& failure) {
        std::cerr << "nearcache: " << failure.what() << "\n";
        return EXIT_FAILURE;
    }
}
