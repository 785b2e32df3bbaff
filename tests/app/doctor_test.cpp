#include "app/doctor.hpp"

#include <sstream>

#include <doctest/doctest.h>

namespace nearcache::app {

namespace {

using backend::redis::Diagnosis;
using Grade = backend::redis::Finding::Grade;

std::string printed(const Diagnosis& diagnosis) {
    std::ostringstream out;
    print_diagnosis(diagnosis, out);
    return out.str();
}

}  // namespace

TEST_CASE("a diagnosis is a line a check, its advice below, and the verdict last") {
    Diagnosis diagnosis;
    diagnosis.findings.push_back({Grade::ok, "reachable", "in 1 ms", ""});
    diagnosis.findings.push_back({Grade::warning, "role", "replica", "Use the primary."});
    diagnosis.findings.push_back({Grade::skipped, "cluster mode", "unknown", ""});
    diagnosis.is_coherence_available = true;

    CHECK(printed(diagnosis) ==
          "  ok    reachable     in 1 ms\n"
          "  warn  role          replica\n"
          "        -> Use the primary.\n"
          "  --    cluster mode  unknown\n"
          "coherence: available\n");
}

TEST_CASE("a diagnosis of a server without coherence ends with why") {
    Diagnosis diagnosis;
    diagnosis.findings.push_back({Grade::failure, "reachable", "Connection refused", ""});
    diagnosis.why_not = "Connection refused";

    CHECK(printed(diagnosis) ==
          "  FAIL  reachable  Connection refused\n"
          "coherence: NOT available: Connection refused\n");
}

TEST_CASE("what a server says cannot command the terminal") {
    Diagnosis diagnosis;
    diagnosis.findings.push_back({Grade::failure, "let in", "\x1b[2Jgone\r\n", ""});
    diagnosis.why_not = "\x1b[2Jgone";

    CHECK(printed(diagnosis).find('\x1b') == std::string::npos);
    CHECK(printed(diagnosis).find('\r') == std::string::npos);
}

TEST_CASE("the embedded backend needs no coherence") {
    std::ostringstream out;

    const int status = run_doctor(backend::Config{}, out);

    CHECK(status == 0);
    CHECK(out.str().ends_with("coherence: available, none is needed\n"));
}

}  // namespace nearcache::app
