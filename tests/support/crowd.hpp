#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/socket.hpp"

namespace nearcache::tests {

enum class Door { http, resp };

// Many clients of both doors at once, each on a connection of its own, all driven by one thread.
//
// Threads: one at a time.
class Crowd {
  public:
    Crowd();
    ~Crowd();
    Crowd(const Crowd&) = delete;
    Crowd& operator=(const Crowd&) = delete;

    // One client more; its number counts from 0 in the order of joining.
    void join(Door door, std::uint16_t port);
    std::size_t size() const { return members_.size(); }

    void send(std::size_t member, std::string_view request);
    void send_to_all(std::string_view http_request, std::string_view resp_request);

    // Listens until so many have been answered in all, or for patience(limit); how many have.
    std::size_t wait_for_answers(std::size_t count, milliseconds limit = milliseconds(15'000));
    // Empty while there is no answer.
    const std::string& answer(std::size_t member) const { return members_[member]->answer; }
    void forget_answers();
    // How many answers are like this.
    std::size_t count(const std::function<bool(Door, const std::string&)>& is_so) const;

    // Hands every answer to `reply`, which returns the member's next request, or nothing when it
    // has no more to ask; until nobody waits, or for patience(limit). How many were lost: cut off,
    // or still waiting.
    using Reply = std::function<std::string(std::size_t member, const std::string& answer)>;
    std::size_t converse(const Reply& reply, milliseconds limit = milliseconds(60'000));

    // Closes a client's connection, with or without an answer.
    void leave(std::size_t member);

  private:
    struct Member {
        Door door;
        Socket socket;
        std::string inbox;
        std::string answer;
        bool waits = false;
        bool is_cut = false;
    };
    using OnAnswer = std::function<void(std::size_t member)>;

    std::size_t waiting() const;
    void listen(const std::function<bool()>& is_done, const OnAnswer& on_answer,
                milliseconds limit);
    void read_from(std::size_t number, const OnAnswer& on_answer);

    int epoll_ = -1;
    std::vector<std::unique_ptr<Member>> members_;
};

}  // namespace nearcache::tests
