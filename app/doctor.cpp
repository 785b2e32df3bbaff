#include "app/doctor.hpp"

#include <algorithm>
#include <iomanip>
#include <ostream>
#include <string_view>

#include "backend/redis/diagnosis.hpp"

namespace nearcache::app {

namespace {

using Grade = backend::redis::Finding::Grade;

constexpr int available = 0;
constexpr int not_available = 1;

std::string_view word_for(Grade grade) {
    switch (grade) {
        case Grade::ok:
            return "ok";
        case Grade::skipped:
            return "--";
        case Grade::warning:
            return "warn";
        case Grade::failure:
            return "FAIL";
    }
    return {};
}

// What a server says may hold anything; a terminal should not obey it.
std::string printable(std::string_view text) {
    std::string line(text);
    std::ranges::replace_if(
        line, [](char c) { return static_cast<unsigned char>(c) < ' '; }, ' ');
    return line;
}

}  // namespace

void print_diagnosis(const backend::redis::Diagnosis& diagnosis, std::ostream& out) {
    std::size_t width = 0;
    for (const auto& finding : diagnosis.findings) width = std::max(width, finding.check.size());
    for (const auto& finding : diagnosis.findings) {
        out << std::left << "  " << std::setw(6) << word_for(finding.grade)
            << std::setw(static_cast<int>(width)) << finding.check << "  "
            << printable(finding.found) << "\n";
        if (!finding.advice.empty()) out << "        -> " << printable(finding.advice) << "\n";
    }
    if (diagnosis.is_coherence_available) {
        out << "coherence: available\n";
    } else {
        out << "coherence: NOT available: " << printable(diagnosis.why_not) << "\n";
    }
}

int run_doctor(const backend::Config& config, std::ostream& out) {
    out << "nearcache doctor: " << config.url.without_secrets() << "\n";
    if (config.url.scheme == backend::Url::Scheme::embedded) {
        out << "  The embedded backend lives in this process: nobody else can change what is in "
               "it.\n"
               "coherence: available, none is needed\n";
        return available;
    }
    const auto diagnosis = backend::redis::diagnose(config);
    print_diagnosis(diagnosis, out);
    return diagnosis.is_coherence_available ? available : not_available;
}

}  // namespace nearcache::app
