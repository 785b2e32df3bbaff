#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

#include "tests/support/temporary_directory.hpp"
#include "tests/support/timing.hpp"

namespace nearcache::tests {

// A program that runs beside the test: killed and reaped at the latest when this goes out of scope,
// and by the kernel when the thread that started it ends. Its output is collected in files.
//
// It sees PATH, the sanitizers' options and what it is given, and nothing else of the environment:
// a TTL or a REDIS_HOST lying about must not change a test.
//
// Threads: one at a time; started on the main thread, so that it lives as long as the test.
class Process {
  public:
    // arguments[0] is looked up in PATH; `environment` holds NAME=VALUE.
    explicit Process(std::vector<std::string> arguments, std::vector<std::string> environment = {});
    ~Process();
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    pid_t pid() const { return pid_; }
    bool is_running();
    void signal(int number);

    static constexpr int still_running = -1;
    // Its exit status once it has ended, 128 + the signal's number when a signal ended it;
    // still_running when it has not after patience(limit).
    int wait(milliseconds limit = milliseconds(10'000));

    std::string output() const { return directory_.read("stdout"); }
    std::string errors() const { return directory_.read("stderr"); }

    // Memory it has resident now.
    std::size_t resident_bytes() const;

  private:
    void reap();

    TemporaryDirectory directory_;
    pid_t pid_ = -1;
    std::optional<int> status_;
};

}  // namespace nearcache::tests
