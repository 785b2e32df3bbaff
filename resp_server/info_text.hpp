#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace nearcache::resp_server {

struct Context;

// Which sections a client wants of INFO.
struct InfoWish {
    bool everything = false;  // all of ours, and of the backend's those that it thinks fit
    bool server = false;      // ours only where there is no other server
    bool nearcache = false;
    bool cache = false;
    bool coherence = false;
    bool backend = false;  // any that is not ours

    bool wants_ours() const noexcept { return everything || nearcache || cache || coherence; }

    // `words` are those behind INFO. Whatever is no section of ours is one of the backend's.
    static InfoWish of(std::span<const std::string_view> words) noexcept;
};

// Lines of INFO as Redis writes them: sections with a headline, parted by an empty line.
//
// Threads: one at a time.
class InfoText {
  public:
    void begin(std::string_view section);
    void line(std::string_view name, std::string_view value);
    void line(std::string_view name, std::uint64_t value);

    // Takes the text; it is empty afterwards.
    std::string take() noexcept { return std::exchange(text_, {}); }

  private:
    std::string text_;
};

// What of ours is wished for. Every name in it begins with nearcache_, cache_ or coherence_, so
// that a reader of the whole finds no field of Redis's twice.
std::string our_info(Context& context, const InfoWish& wish);

// The same in front of a store of our own: its section Server, which clients look into, goes first.
std::string whole_info(Context& context, const InfoWish& wish);

}  // namespace nearcache::resp_server
