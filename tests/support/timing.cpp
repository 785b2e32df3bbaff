#include "tests/support/timing.hpp"

#include <algorithm>
#include <cstdlib>
#include <thread>

namespace nearcache::tests {

namespace {

double factor_from(const char* variable, double when_sanitized) {
    const char* text = std::getenv(variable);
    const double given = text == nullptr ? 0 : std::atof(text);
    if (given > 0) return given;
    return is_sanitized ? when_sanitized : 1;
}

}  // namespace

milliseconds patience(milliseconds limit) {
    static const double factor = factor_from("NEARCACHE_TEST_SLOW", 5);
    return std::chrono::duration_cast<milliseconds>(limit * factor);
}

std::size_t scaled(std::size_t count) {
    static const double divisor = factor_from("NEARCACHE_TEST_SCALE", 10);
    return std::max<std::size_t>(1, static_cast<std::size_t>(static_cast<double>(count) / divisor));
}

Deadline::Deadline(milliseconds limit) : end_(now() + limit) {}

milliseconds Deadline::left() const {
    return std::max(milliseconds(0), std::chrono::ceil<milliseconds>(end_ - now()));
}

bool eventually(const std::function<bool()>& holds, milliseconds limit) {
    constexpr milliseconds between_questions(2);
    const Deadline deadline(patience(limit));
    while (!holds()) {
        if (deadline.has_passed()) return false;
        std::this_thread::sleep_for(between_questions);
    }
    return true;
}

milliseconds elapsed_since(Moment start) {
    return std::chrono::duration_cast<milliseconds>(now() - start);
}

}  // namespace nearcache::tests
