#pragma once

#include <string>
#include <utility>

#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <boost/smart_ptr/intrusive_ref_counter.hpp>

namespace nearcache::backend::embedded {

// The bytes of one value, shared between the keyspace and the replies under way, so that a reply
// copies nothing while the keyspace is locked.
//
// Threads: bytes() and copies: any. edit(): with the lock of the keyspace the value lives in.
class Value {
  public:
    explicit Value(std::string bytes) : shared_(new Shared(std::move(bytes))) {}

    const std::string& bytes() const noexcept { return shared_->bytes; }

    // The bytes to change in place. Whoever took the value earlier keeps the bytes it took.
    std::string& edit() {
        // Only a holder of the lock can take another reference, so alone now is alone for good.
        if (shared_->use_count() != 1) shared_.reset(new Shared(shared_->bytes));
        return shared_->bytes;
    }

  private:
    struct Shared : boost::intrusive_ref_counter<Shared> {
        explicit Shared(std::string text) : bytes(std::move(text)) {}
        std::string bytes;
    };

    boost::intrusive_ptr<Shared> shared_;
};

}  // namespace nearcache::backend::embedded
