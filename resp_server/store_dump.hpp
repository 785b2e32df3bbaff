#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/unordered/unordered_flat_set.hpp>

#include "base/hash.hpp"
#include "cache/cache_service.hpp"
#include "resp_server/client.hpp"
#include "resp_server/reply_queue.hpp"

namespace nearcache::resp_server {

// Writes all keys of a client's database as one JSON object, in the form of one simple string:
// "+{...}\r\n", for which there is no length to know before. It walks by SCAN, a batch of keys at a
// time, asks for their types and sizes, and reads as many values at once as are small. While the
// client has not taken what was written nothing more is asked for, so only what one batch and one
// value take is held in memory, and 16 bytes for each key: SCAN may show one twice.
//
// What changes meanwhile may be there as it was or as it is. When the backend fails, the object is
// not closed, an error stands in its place, and the connection ends: nobody takes it for whole.
//
// Threads: its session's lane.
class StoreDump final : public PendingReply {
  public:
    // Only while nothing of the client is pending. Nothing more of it is executed until the end.
    static void begin(Client& client, net::Limiter::Permit permit);

    StoreDump(Client& client, net::Limiter::Permit permit);

  private:
    enum class Step : std::uint8_t { scan, type, size, value };

    // A key of the present batch.
    struct Key {
        std::string name;
        std::string type = {};
        std::size_t bytes = unknown_size;
        bool is_asked_again = false;  // its type has changed meanwhile
    };

    // One command that goes to the backend for it.
    struct Question final : cache::Forwarding {
        Question(StoreDump& whole, Step what, std::size_t which)
            : dump(whole), step(what), key(which) {}
        void on_forwarded(const net::Slice& reply) override { dump.on_reply(*this, reply.bytes); }
        void on_not_forwarded(Errc why) override { dump.on_failure(why); }

        StoreDump& dump;
        const Step step;
        const std::size_t key;  // its place in keys_
    };

    // Of values that are read at the same time.
    static constexpr std::size_t most_values = 64;
    static constexpr std::size_t most_value_bytes = 256u * 1024;
    // Where the backend does not tell sizes each value is read alone.
    static constexpr std::size_t unknown_size = most_value_bytes + 1;

    void on_room() override { go_on(); }
    void on_client_gone() override;

    // Asks whatever is to be asked next, or ends.
    void go_on();
    void next_batch();
    void ask_about_keys();
    void ask_values();
    bool may_ask_value() const noexcept;
    void ask(Step step, std::size_t key, const std::vector<std::string_view>& words);
    bool has_room() const noexcept;

    void on_reply(const Question& question, std::string_view bytes);
    void on_failure(Errc why);
    // These are false when the reply is none.
    bool read(const Question& question, std::string_view bytes);
    bool read_batch(std::string_view bytes);
    bool read_value(Key& key, std::string_view bytes);
    bool is_new(std::string_view key);

    void write_null(const Key& key);
    void begin_member(const Key& key);
    void finish();

    Client& client_;
    const cache::Route route_;

    Step step_ = Step::scan;
    std::string cursor_ = "0";
    bool is_walked_ = false;  // SCAN has shown all there is
    const std::uint64_t seed_ = random_seed();
    boost::unordered_flat_set<std::pair<std::uint64_t, std::uint64_t>> seen_;  // hashes of keys
    std::vector<Key> keys_;                                                    // of this batch
    std::vector<Key> again_;          // to be asked about once more
    std::size_t next_value_ = 0;      // the first of keys_ whose value was not asked for
    std::deque<Question> questions_;  // about this batch
    std::size_t unanswered_ = 0;      // of questions_
    std::size_t expected_bytes_ = 0;  // of the values that are on their way

    bool has_begun_ = false;  // the object is open
    bool has_members_ = false;
    bool is_client_gone_ = false;
    std::string failure_;  // the error's line
};

}  // namespace nearcache::resp_server
