#include "tests/support/process.hpp"

#include <array>
#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <system_error>

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace nearcache::tests {

namespace {

constexpr std::array inherited{"PATH",         "LD_LIBRARY_PATH", "TMPDIR",
                               "ASAN_OPTIONS", "UBSAN_OPTIONS",   "TSAN_OPTIONS",
                               "LSAN_OPTIONS", "GCOV_PREFIX",     "ASAN_SYMBOLIZER_PATH"};

std::vector<char*> null_terminated(std::vector<std::string>& texts) {
    std::vector<char*> pointers;
    for (auto& text : texts) pointers.push_back(text.data());
    pointers.push_back(nullptr);
    return pointers;
}

int create(const std::string& file) {
    const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (descriptor < 0) throw std::system_error(errno, std::generic_category(), file);
    return descriptor;
}

// Runs in the child, where only async-signal-safe calls are allowed.
[[noreturn]] void become(char** arguments, char** environment, const std::array<int, 3>& streams) {
    const pid_t parent = ::getppid();
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(127);
    for (int number = 0; number < 3; ++number) {
        ::dup2(streams[static_cast<std::size_t>(number)], number);
    }
    ::execvpe(arguments[0], arguments, environment);
    ::_exit(127);
}

}  // namespace

Process::Process(std::vector<std::string> arguments, std::vector<std::string> environment) {
    for (const char* name : inherited) {
        if (const char* value = std::getenv(name)) {
            environment.push_back(std::string(name) + "=" + value);
        }
    }
    const auto argument_pointers = null_terminated(arguments);
    const auto environment_pointers = null_terminated(environment);
    const std::array streams{::open("/dev/null", O_RDONLY | O_CLOEXEC),
                             create(directory_.path() / "stdout"),
                             create(directory_.path() / "stderr")};

    pid_ = ::fork();
    if (pid_ == 0) {
        become(const_cast<char**>(argument_pointers.data()),
               const_cast<char**>(environment_pointers.data()), streams);
    }
    for (const int stream : streams) ::close(stream);
    if (pid_ < 0) throw std::system_error(errno, std::generic_category(), "fork");
}

Process::~Process() {
    if (!is_running()) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
}

bool Process::is_running() {
    reap();
    return !status_;
}

void Process::signal(int number) {
    if (is_running()) ::kill(pid_, number);
}

int Process::wait(milliseconds limit) {
    eventually([this] { return !is_running(); }, limit);
    return status_.value_or(still_running);
}

std::size_t Process::resident_bytes() const {
    std::ifstream file("/proc/" + std::to_string(pid_) + "/statm");
    std::size_t total_pages = 0;
    std::size_t resident_pages = 0;
    file >> total_pages >> resident_pages;
    return resident_pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

void Process::reap() {
    int status = 0;
    if (status_ || ::waitpid(pid_, &status, WNOHANG) != pid_) return;
    status_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace nearcache::tests
