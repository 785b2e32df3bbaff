#include "tests/support/history_judge.hpp"

#include <algorithm>
#include <map>
#include <sstream>
#include <utility>

namespace nearcache::tests {

namespace {

using std::chrono::duration_cast;
using std::chrono::microseconds;

constexpr auto never = Moment::max();
constexpr std::size_t most_described = 10;

// What replaces whatever had taken effect before it began.
struct Replacement {
    Moment began;
    Moment certain;  // by then it has taken effect
};

// Tells when something that had taken effect by some moment was replaced for certain.
class Replacements {
  public:
    void add(const Replacement& one) { all_.push_back(one); }

    void put_in_order() {
        std::ranges::sort(all_, {}, &Replacement::began);
        for (std::size_t i = all_.size(); i-- > 1;) {
            all_[i - 1].certain = std::min(all_[i - 1].certain, all_[i].certain);
        }
    }

    Moment after(Moment certain) const {
        const auto found = std::ranges::lower_bound(all_, certain, {}, &Replacement::began);
        return found == all_.end() ? never : found->certain;
    }

  private:
    std::vector<Replacement> all_;
};

// A reason for a key to be absent from some moment on.
struct Absence {
    Moment possible;  // not before
    Moment certain;   // what began after it came after this absence, or after what led to it
};

// All that is known of one key.
class KeyHistory {
  public:
    void add(const Write& write) { writes_.emplace(write.version, Known{write, never}); }
    void add(const Loss& loss) { losses_.push_back(loss); }

    // The first pass: that a value was read says that it had taken effect.
    void note(const Read& read) {
        const auto found = writes_.find(read.version);
        if (found == writes_.end()) return;
        auto& certain = found->second.certain;
        certain = std::min(certain, read.ended);
    }

    void put_in_order();

    // When what was read had taken effect for certain; or what is wrong with it.
    struct Finding {
        std::string why_wrong;
        Moment certain = never;
        Moment expired = never;
    };
    Finding find(const Read& read) const;

    Moment replaced_by_nearcache(Moment certain) const { return by_nearcache_.after(certain); }
    Moment replaced(Moment certain) const { return by_any_.after(certain); }

  private:
    struct Known {
        Write write;
        Moment certain;
    };

    void add_absence(const Known& known);
    Finding find_value(const Read& read) const;
    Finding find_absence(const Read& read) const;

    std::map<std::uint32_t, Known> writes_;
    std::vector<Loss> losses_;
    Replacements by_nearcache_;
    Replacements by_any_;
    std::vector<Absence> absences_;
};

void KeyHistory::put_in_order() {
    using Outcome = Write::Outcome;
    for (auto& [version, known] : writes_) {
        const auto& write = known.write;
        if (write.outcome == Outcome::refused) continue;
        if (write.outcome == Outcome::done) known.certain = write.ended;
        by_any_.add({write.began, known.certain});
        const bool had_its_reply =
            write.way == Write::Way::nearcache && write.outcome == Outcome::done;
        if (had_its_reply) by_nearcache_.add({write.began, known.certain});
    }
    for (const auto& loss : losses_) by_any_.add({loss.began, loss.ended});
    by_any_.put_in_order();
    by_nearcache_.put_in_order();

    absences_.push_back({Moment::min(), Moment::min()});
    for (const auto& [version, known] : writes_) add_absence(known);
    for (const auto& loss : losses_) absences_.push_back({loss.began, loss.ended});
    std::ranges::sort(absences_, {}, &Absence::possible);
    for (std::size_t i = 1; i < absences_.size(); ++i) {
        absences_[i].certain = std::max(absences_[i].certain, absences_[i - 1].certain);
    }
}

void KeyHistory::add_absence(const Known& known) {
    const auto& write = known.write;
    if (write.outcome == Write::Outcome::refused) return;
    if (write.kind == Write::Kind::erase) absences_.push_back({write.began, known.certain});
    if (write.life == milliseconds(0)) return;
    // What was replaced while it lived never expired.
    const auto possible = write.began + write.life;
    if (replaced(known.certain) > possible) absences_.push_back({possible, known.certain});
}

KeyHistory::Finding KeyHistory::find(const Read& read) const {
    return read.version == Read::absent ? find_absence(read) : find_value(read);
}

KeyHistory::Finding KeyHistory::find_value(const Read& read) const {
    const auto found = writes_.find(read.version);
    if (found == writes_.end()) return {"was never written"};
    const auto& [write, certain] = found->second;
    if (write.kind == Write::Kind::erase) return {"was never written"};
    if (write.outcome == Write::Outcome::refused) return {"was refused for certain"};
    if (write.began > read.ended) return {"was read before it was written"};
    const bool expires = write.life != milliseconds(0);
    return {{}, certain, expires ? certain + write.life : never};
}

// The latest absence that is possible explains the most.
KeyHistory::Finding KeyHistory::find_absence(const Read& read) const {
    const auto after = std::ranges::upper_bound(absences_, read.ended, {}, &Absence::possible);
    return {{}, std::prev(after)->certain, never};
}

std::map<std::uint32_t, KeyHistory> keys_of(const History& history) {
    std::map<std::uint32_t, KeyHistory> keys;
    for (const auto& write : history.writes) keys[write.key].add(write);
    for (const auto& read : history.reads) keys[read.key].note(read);
    for (auto& [number, key] : keys) {
        for (const auto& loss : history.losses) key.add(loss);
        key.put_in_order();
    }
    return keys;
}

std::string milliseconds_text(Moment::duration length) {
    std::ostringstream text;
    text << static_cast<double>(duration_cast<microseconds>(length).count()) / 1000 << " ms";
    return text.str();
}

Lateness lateness(std::vector<Moment::duration>& late) {
    if (late.empty()) return {};
    std::ranges::sort(late);
    const auto at = [&](double share) {
        const auto last = static_cast<double>(late.size() - 1);
        return duration_cast<microseconds>(late[static_cast<std::size_t>(share * last)]);
    };
    return {late.size(), at(0.5), at(0.99), at(1)};
}

class Judgement {
  public:
    Judgement(const History& history, const Promise& promise)
        : promise_(promise), keys_(keys_of(history)) {
        if (!history.writes.empty()) start_ = history.writes.front().began;
        for (const auto& write : history.writes) start_ = std::min(start_, write.began);
    }

    void look_at(const Read& read) {
        ++verdict_.reads;
        const auto& key = keys_.at(read.key);
        const auto finding = key.find(read);
        if (!finding.why_wrong.empty()) return condemn(read, finding.why_wrong);
        const auto by_nearcache = key.replaced_by_nearcache(finding.certain);
        if (by_nearcache <= read.began) {
            return condemn(read, "had been replaced through nearcache for " +
                                     milliseconds_text(read.began - by_nearcache));
        }
        check(read, key.replaced(finding.certain), promise_.max_staleness, stale_,
              "was stale for ");
        check(read, finding.expired, promise_.past_expiry, expired_, "had expired for ");
    }

    Verdict verdict() {
        verdict_.stale = lateness(stale_);
        verdict_.expired = lateness(expired_);
        return std::move(verdict_);
    }

  private:
    void check(const Read& read, Moment ended, milliseconds allowed,
               std::vector<Moment::duration>& all, const char* what) {
        if (ended > read.began) return;
        const auto late = read.began - ended;
        all.push_back(late);
        if (late >= allowed) condemn(read, what + milliseconds_text(late));
    }

    void condemn(const Read& read, const std::string& why) {
        if (++verdict_.violations > most_described) return;
        std::ostringstream text;
        text << "key " << read.key << ", version " << read.version << ", read by reader "
             << read.reader << " at " << milliseconds_text(read.began - start_) << ": " << why;
        verdict_.first_violations.push_back(text.str());
    }

    const Promise promise_;
    std::map<std::uint32_t, KeyHistory> keys_;
    Moment start_{};
    std::vector<Moment::duration> stale_;
    std::vector<Moment::duration> expired_;
    Verdict verdict_;
};

std::ostream& operator<<(std::ostream& out, const Lateness& late) {
    return out << late.count << " (p50 " << milliseconds_text(late.median) << ", p99 "
               << milliseconds_text(late.p99) << ", max " << milliseconds_text(late.most) << ")";
}

}  // namespace

Verdict judge(const History& history, const Promise& promise) {
    Judgement judgement(history, promise);
    for (const auto& read : history.reads) judgement.look_at(read);
    return judgement.verdict();
}

std::string Verdict::text() const {
    std::ostringstream out;
    out << reads << " reads, " << violations << " violations, stale " << stale << ", expired "
        << expired;
    for (const auto& one : first_violations) out << "\n  " << one;
    return out.str();
}

}  // namespace nearcache::tests
