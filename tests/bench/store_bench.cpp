// The store against the cache of the textbook (unordered_map + list under one mutex), on the same
// keys in the same order: a million entries of 16-byte keys and 100-byte values, zipf 0.99.
//
// The ratios count. Figures of one machine mean nothing on another.

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <list>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_map>
#include <vector>

#include <benchmark/benchmark.h>
#include <malloc.h>
#include <unistd.h>

#include "cache/store/sharded_store.hpp"

namespace nearcache::store {
namespace {

constexpr std::size_t entry_count = 1'000'000;
constexpr std::size_t value_bytes = 100;
constexpr TimePoint start{};
constexpr Duration ttl = std::chrono::hours(1);

std::string key_of(std::uint32_t number) {
    std::string key(16, '0');
    std::snprintf(key.data(), key.size() + 1, "key:%012u", number);
    return key;
}

// The yardstick. It knows of no expiry, no bytes and no leases.
class Textbook {
  public:
    bool get(std::string_view key, std::string& value) {
        const std::lock_guard guard(lock_);
        const auto found = places_.find(key);
        if (found == places_.end()) return false;
        order_.splice(order_.begin(), order_, found->second);
        value.assign(found->second->value);
        return true;
    }

    void put(std::string_view key, std::string_view value) {
        const std::lock_guard guard(lock_);
        const auto found = places_.find(key);
        if (found != places_.end()) {
            found->second->value = value;
            order_.splice(order_.begin(), order_, found->second);
            return;
        }
        if (order_.size() == entry_count) {
            places_.erase(places_.find(order_.back().key));
            order_.pop_back();
        }
        order_.push_front(Item{std::string(key), std::string(value)});
        places_.emplace(order_.front().key, order_.begin());
    }

    void fill(std::string_view key, std::string_view value) { put(key, value); }

  private:
    struct Item {
        std::string key;
        std::string value;
    };
    struct StringHash {
        using is_transparent = void;
        std::size_t operator()(std::string_view key) const noexcept {
            return std::hash<std::string_view>{}(key);
        }
    };

    std::mutex lock_;
    std::list<Item> order_;
    std::unordered_map<std::string, std::list<Item>::iterator, StringHash, std::equal_to<>> places_;
};

class Ours {
  public:
    Ours() { store_.begin_epoch(TimePoint::max()); }

    bool get(std::string_view key, std::string& value) {
        const auto copy = [&](const Entry& entry, Lookup) { value.assign(entry.value()); };
        return store_.find(key, hash_of(key), start, copy) == Lookup::hit;
    }

    // A write as the cache does it: what is held goes, and the next to come fetches it anew.
    void put(std::string_view key, std::string_view value) {
        store_.invalidate(hash_of(key), Cause::write, start);
        fill(key, value);
    }

    // A miss as the cache does it: a lease, an answer, a landing.
    void fill(std::string_view key, std::string_view value) {
        const Hash hash = hash_of(key);
        Lease lease(key, hash, 0);
        Reader reader;
        const auto joined =
            store_.join(key, hash, start, {.waiter = &reader}, [&]() -> Lease& { return lease; });
        if (joined.kind == Joined::Kind::leads) {
            const EntryRef entry = make_entry({key, hash, value, start, start + ttl});
            answer(store_.land(lease, entry, start).waiters);
        } else if (joined.kind == Joined::Kind::joined) {
            while (!reader.has_answer.load(std::memory_order_acquire)) std::this_thread::yield();
        }
    }

  private:
    struct Reader : Waiter {
        std::atomic<bool> has_answer{false};
    };

    static void answer(Waiter* waiter) {
        while (waiter != nullptr) {
            auto* const reader = static_cast<Reader*>(waiter);
            waiter = waiter->next;
            reader->has_answer.store(true, std::memory_order_release);
        }
    }

    // No key is write-hot: where one is, a put would cost the next get a fetch.
    ShardedStore store_{Config{.max_entries = entry_count,
                               .max_memory_bytes = std::size_t{1} << 40,
                               .write_hot_after = 0}};
};

// Which key comes next, drawn beforehand: a zipf sampler costs more than a lookup.
class Draws {
  public:
    Draws(std::size_t key_count, bool is_zipf, unsigned seed) {
        std::mt19937_64 random(seed);
        std::vector<std::uint32_t> names(key_count);
        for (std::size_t i = 0; i < key_count; ++i) names[i] = static_cast<std::uint32_t>(i);
        std::shuffle(names.begin(), names.end(), std::mt19937_64(1));
        std::vector<double> sums(key_count);
        double sum = 0;
        for (std::size_t i = 0; i < key_count; ++i) {
            sums[i] = sum += is_zipf ? 1 / std::pow(static_cast<double>(i + 1), 0.99) : 1;
        }
        std::uniform_real_distribution<double> uniform(0, sum);
        keys_.resize(std::size_t{1} << 22);
        for (auto& key : keys_) {
            const auto rank = std::upper_bound(sums.begin(), sums.end(), uniform(random));
            key = names[std::min(static_cast<std::size_t>(rank - sums.begin()), key_count - 1)];
        }
    }

    std::uint32_t next() noexcept { return keys_[++place_ & (keys_.size() - 1)]; }

  private:
    std::vector<std::uint32_t> keys_;
    std::size_t place_ = 0;
};

std::size_t resident_bytes() {
    std::size_t total = 0;
    std::size_t resident = 0;
    std::ifstream("/proc/self/statm") >> total >> resident;
    return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

template <class Cache>
std::unique_ptr<Cache> full_cache() {
    auto cache = std::make_unique<Cache>();
    const std::string value(value_bytes, 'v');
    for (std::uint32_t i = 0; i < entry_count; ++i) cache->fill(key_of(i), value);
    return cache;
}

struct Mix {
    std::size_t key_count;
    bool is_zipf;
    // One in so many operations writes; 0 for none.
    std::uint32_t write_every;
};

constexpr int most_threads = 2;

// What the threads and repetitions of a run share: the first builds it while the others wait.
template <class Cache>
class Shared {
  public:
    explicit Shared(const Mix& mix) : mix_(mix) {}

    Cache& cache() {
        std::call_once(built_, [&] { build(); });
        return *cache_;
    }
    // One for each thread. Call cache() first.
    Draws& draws(int thread) { return draws_[static_cast<std::size_t>(thread)]; }
    const Mix& mix() const { return mix_; }

  private:
    void build() {
        cache_ = full_cache<Cache>();
        for (unsigned i = 0; i < most_threads; ++i) {
            draws_.emplace_back(mix_.key_count, mix_.is_zipf, i + 7);
        }
    }

    const Mix mix_;
    std::once_flag built_;
    std::unique_ptr<Cache> cache_;
    std::vector<Draws> draws_;
};

template <class Cache>
void run(benchmark::State& state, Shared<Cache>& shared) {
    Cache& cache = shared.cache();
    Draws& draws = shared.draws(state.thread_index());
    const std::uint32_t write_every = shared.mix().write_every;
    const std::string value(value_bytes, 'v');
    std::string read;
    char key[17];
    std::uint32_t count = 0;
    std::uint64_t hits = 0;
    for (auto _ : state) {
        std::uint32_t number = draws.next();
        for (std::size_t i = 15; i >= 4; --i, number /= 10) {
            key[i] = static_cast<char>('0' + number % 10);
        }
        std::copy_n("key:", 4, key);
        const std::string_view name(key, 16);
        if (write_every != 0 && ++count % write_every == 0) {
            cache.put(name, value);
        } else if (cache.get(name, read)) {
            ++hits;
        } else {
            cache.fill(name, value);
        }
        benchmark::DoNotOptimize(read.data());
    }
    state.SetItemsProcessed(state.iterations());
    state.counters["hit_ratio"] =
        benchmark::Counter(static_cast<double>(hits) / static_cast<double>(state.iterations()),
                           benchmark::Counter::kAvgThreads);
}

template <class Cache>
void measure_memory(benchmark::State& state) {
    for (auto _ : state) {
        // What an earlier benchmark has freed would be filled without a trace.
        ::malloc_trim(0);
        const std::size_t before = resident_bytes();
        const auto cache = full_cache<Cache>();
        state.counters["bytes_per_entry"] =
            static_cast<double>(resident_bytes() - before) / static_cast<double>(entry_count);
    }
}

template <class Cache>
void add_benchmarks(const std::string& name) {
    const auto add = [&](const std::string& mix_name, const Mix& mix) {
        auto shared = std::make_shared<Shared<Cache>>(mix);
        benchmark::RegisterBenchmark(
            (name + "/" + mix_name).c_str(),
            [shared](benchmark::State& state) { run<Cache>(state, *shared); })
            ->ThreadRange(1, most_threads)
            ->UseRealTime();
    };
    add("hit", {.key_count = entry_count, .is_zipf = true, .write_every = 0});
    add("get90_put10", {.key_count = entry_count, .is_zipf = true, .write_every = 10});
    add("churn", {.key_count = 4 * entry_count, .is_zipf = false, .write_every = 0});
    benchmark::RegisterBenchmark((name + "/memory").c_str(), measure_memory<Cache>)->Iterations(1);
}

}  // namespace
}  // namespace nearcache::store

int main(int argc, char** argv) {
    using namespace nearcache::store;
    add_benchmarks<Textbook>("textbook");
    add_benchmarks<Ours>("store");
    benchmark::Initialize(&argc, argv);
    benchmark::RunSpecifiedBenchmarks();
}
