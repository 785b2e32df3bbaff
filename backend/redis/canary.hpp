#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "backend/backend.hpp"
#include "backend/redis/link.hpp"
#include "net/io_threads.hpp"

namespace nearcache::backend::redis {

// Writes a scratch key and deletes it again, over a data link, as any client of ours might: if the
// server tells of changes, it tells of this one.
//
// Threads: start() and what it calls back on the asker's context; the rest on the link's.
class Canary final : public ForwardCompletion {
  public:
    struct Outcome {
        enum class Kind {
            written,
            refused,      // the server will not have it written: why says so
            unreachable,  // the link could not ask: nor could anybody else
        };

        Kind kind = Kind::refused;
        std::string why;
        std::uint64_t server = 0;  // where the link goes, as a fingerprint
    };
    // Told once, in the end. The canary must stay until then, and may go with it.
    using OnDone = std::function<void(const Outcome&)>;

    Canary(std::string key, net::IoContext& asker);

    void start(net::IoContext& lane, Link& link, OnDone on_done);

    const std::string& key() const noexcept { return key_; }

  private:
    void on_reply(const net::Slice& reply) override;
    void on_failure(Errc why) override;
    void finish();

    const std::string key_;
    net::IoContext& asker_;
    OnDone on_done_;
    Link* link_ = nullptr;
    bool is_set_answered_ = false;
    Outcome outcome_;
};

// The commands that set a scratch key and that remove it. It expires all the same: a user may be
// allowed to set it and nothing else.
std::string canary_set(std::string_view key);
std::string canary_removal(std::string_view key);

// Where a scratch key of ours lies: below the prefix, so that changes of it are told.
std::string canary_key(std::string_view prefix, std::string_view token);

}  // namespace nearcache::backend::redis
