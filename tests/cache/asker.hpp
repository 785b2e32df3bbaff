#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cache/single_flight.hpp"

namespace nearcache::cache {

// One who waits for a key and writes down what it is told: "v" of a value, "(absent)", "(error)
// ..." or "(failure) ...", with "(stale) " before it if it is that.
struct Asker final : LoadWaiter {
    // In the first database and in RESP2.
    explicit Asker(net::LaneId lane, std::vector<const Asker*>* order = nullptr)
        : Asker(backend::Route{.lane = lane}, order) {}
    explicit Asker(const backend::Route& route, std::vector<const Asker*>* order = nullptr)
        : LoadWaiter(route), told_order(order) {}

    void on_loaded(const LoadOutcome& outcome) override {
        ++times_told;
        is_kept = outcome.is_kept;
        entry = outcome.entry;
        said = text_of(outcome);
        if (told_order != nullptr) told_order->push_back(this);
    }

    bool is_told() const noexcept { return times_told != 0; }

    static std::string text_of(const LoadOutcome& outcome) {
        return (outcome.is_stale ? "(stale) " : "") + answer_of(outcome);
    }
    static std::string answer_of(const LoadOutcome& outcome) {
        switch (outcome.kind) {
            case LoadOutcome::Kind::value:
                return std::string(outcome.entry->value());
            case LoadOutcome::Kind::absent:
                return "(absent)";
            case LoadOutcome::Kind::error:
                return "(error) " + outcome.error;
            case LoadOutcome::Kind::failure:
                break;
        }
        return "(failure) " + std::string(describe(outcome.failure));
    }

    std::vector<const Asker*>* told_order;
    int times_told = 0;
    bool is_kept = false;
    store::EntryRef entry;
    std::string said = "(not told)";
};

}  // namespace nearcache::cache
