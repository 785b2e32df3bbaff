#pragma once

#include <atomic>
#include <cstddef>
#include <optional>
#include <utility>

namespace nearcache::net {

// A counting semaphore that never waits: bounds how many requests are in flight over both doors,
// and how many connections are open.
//
// Threads: any.
class Limiter {
  public:
    // Gives its slot back on destruction.
    class Permit {
      public:
        Permit(Permit&& other) noexcept : owner_(std::exchange(other.owner_, nullptr)) {}
        Permit& operator=(Permit&& other) noexcept {
            std::swap(owner_, other.owner_);
            return *this;
        }
        ~Permit() {
            if (owner_ != nullptr) owner_->release();
        }

      private:
        friend class Limiter;
        explicit Permit(Limiter& owner) noexcept : owner_(&owner) {}

        Limiter* owner_;
    };

    explicit Limiter(std::size_t slots) noexcept : slots_(slots) {}
    Limiter(const Limiter&) = delete;
    Limiter& operator=(const Limiter&) = delete;

    // Empty when every slot is taken: the caller answers "overloaded" at once.
    std::optional<Permit> try_acquire() noexcept;

    std::size_t slots() const noexcept { return slots_; }
    std::size_t taken() const noexcept { return taken_.load(std::memory_order_relaxed); }
    // How often try_acquire() found every slot taken.
    std::size_t refusals() const noexcept { return refusals_.load(std::memory_order_relaxed); }

  private:
    void release() noexcept { taken_.fetch_sub(1, std::memory_order_release); }

    const std::size_t slots_;
    std::atomic<std::size_t> taken_{0};
    std::atomic<std::size_t> refusals_{0};
};

}  // namespace nearcache::net
