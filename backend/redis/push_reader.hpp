#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "backend/redis/reply_framer.hpp"

namespace nearcache::backend::redis {

// On what Redis tells, over a RESP2 connection, which keys changed.
inline constexpr std::string_view invalidation_channel = "__redis__:invalidate";

// Reads what comes on a control connection: messages of the invalidation channel key by key, as
// they may name any number of keys, and everything else as whole replies, which are small.
// Incremental; what is announced costs nothing, and memory is the caller's, who keeps what is not
// read yet.
//
// Threads: one at a time.
class PushReader {
  public:
    enum class Kind {
        need_more,   // nothing yet
        malformed,   // nothing that Redis says: the connection cannot be used any more
        reply,       // `bytes` is one whole reply or message of another kind, not decoded
        keys,        // a message begins whose keys follow, each as an item
        key,         // `bytes` is one of them
        everything,  // a message: all keys may have changed
        forged,      // a message that somebody published
    };
    struct Item {
        Kind kind;
        std::size_t size = 0;  // how far on the next item begins
        std::string_view bytes;
    };

    // Looks at the front of `bytes`. After need_more the next call must begin with the same bytes
    // and more behind them, otherwise `size` bytes further on.
    Item next(std::string_view bytes);

    // No key is longer in Redis, and no reply to what is asked on a control connection is.
    static constexpr std::size_t longest_key = 512u * 1024 * 1024;
    static constexpr std::size_t longest_reply = 1024u * 1024;

  private:
    Item next_key(std::string_view bytes);
    Item next_message(std::string_view bytes) noexcept;
    Item next_reply(std::string_view bytes);

    std::uint64_t keys_left_ = 0;  // of the message being read
    ReplyFramer framer_;
    bool is_framing_ = false;  // in the middle of a reply
};

}  // namespace nearcache::backend::redis
