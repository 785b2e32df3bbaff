#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <boost/unordered/unordered_flat_set.hpp>

namespace nearcache::resp_server {

// What a client has subscribed to, as far as its backend has confirmed it.
//
// Threads: one at a time.
class Subscriptions {
  public:
    enum class Kind : std::uint8_t { channels, patterns, shard_channels };

    // A value that answers one of the six commands: "subscribe", "c", 1.
    struct Confirmation {
        std::string_view verb;                    // in lower case, as Redis says it
        std::optional<std::string_view> channel;  // none when there was nothing to unsubscribe from
    };
    // Empty when the value, an array or a push, is no confirmation.
    static std::optional<Confirmation> read(std::string_view value);
    // Whether it is a message that was published, in either dialect.
    static bool is_message(std::string_view value) noexcept;

    void apply(const Confirmation& confirmation);

    std::size_t count(Kind kind) const noexcept { return names(kind).size(); }
    bool any() const noexcept {
        return !channels_.empty() || !patterns_.empty() || !shard_channels_.empty();
    }

  private:
    using Names = boost::unordered_flat_set<std::string>;

    const Names& names(Kind kind) const noexcept {
        return kind == Kind::channels   ? channels_
               : kind == Kind::patterns ? patterns_
                                        : shard_channels_;
    }

    Names channels_;
    Names patterns_;
    Names shard_channels_;
};

}  // namespace nearcache::resp_server
