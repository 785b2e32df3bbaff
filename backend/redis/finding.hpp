#pragma once

#include <string>
#include <vector>

namespace nearcache::backend::redis {

// What one check of a server showed.
struct Finding {
    enum class Grade {
        ok,
        skipped,  // not tried, or not to be known
        warning,  // works, and an operator should know
        failure,
    };

    Grade grade = Grade::ok;
    std::string check;
    std::string found;
    std::string advice;  // in whole sentences; may be empty
};

// All that was found, in the order in which it was tried.
struct Diagnosis {
    std::vector<Finding> findings;
    // Whether changes are told, so that what is kept can be taken for the truth; else why not.
    bool is_coherence_available = false;
    std::string why_not;
};

}  // namespace nearcache::backend::redis
