#pragma once

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include <boost/asio/post.hpp>

#include "resp_server/client.hpp"

namespace nearcache::resp_server {

// A command that is about the clients of all lanes, and its place in the line of replies. Each lane
// is asked on that lane, so nothing is locked; what it found is brought back to the asker's. Until
// all have spoken nothing further of the asker is executed, so its commands take effect in order.
//
// What travels between the lanes refers to this object without owning it: a session lives until its
// pending replies are answered. What was found travels by value: where a lane ends before it could
// take it, it goes with the lane.
//
// Threads: its session's lane, except look().
template <class Found>
class LaneGathering : public PendingReply {
  public:
    explicit LaneGathering(Client& asker) : PendingReply({}), asker_(asker) {}

    // Called once it has its place in the line.
    void ask() {
        auto& lanes = asker_.context().threads;
        found_.resize(lanes.size());
        missing_ = lanes.size();
        asker_.hold_back();
        for (net::LaneId lane = 0; lane < lanes.size(); ++lane) {
            boost::asio::post(lanes.lane(lane), [this, lane] { look_on(lane); });
        }
    }

  protected:
    // What one lane's clients have to say. It runs on their lane, perhaps on several at once: it
    // may touch these clients, and only read from this object.
    virtual Found look(ClientList& clients) const = 0;
    // With what each lane has found. It calls finish() once the reply is written.
    virtual void conclude(std::vector<Found> found) = 0;

    Client& asker() const noexcept { return asker_; }
    // This object may be gone afterwards.
    void finish() {
        asker_.let_go_on();
        ready();
    }

  private:
    void look_on(net::LaneId lane) {
        auto& context = asker_.context();
        boost::asio::post(context.threads.lane(asker_.lane()),
                          [this, lane, found = look(context.clients[lane])]() mutable {
                              take(lane, std::move(found));
                          });
    }

    void take(net::LaneId lane, Found&& found) {
        found_[lane] = std::move(found);
        if (--missing_ == 0) conclude(std::move(found_));
    }

    Client& asker_;
    std::vector<Found> found_;  // by lane
    std::size_t missing_ = 0;
};

template <class Gathering, class... Arguments>
void gather(Client& asker, Arguments&&... arguments) {
    auto gathering = std::make_unique<Gathering>(asker, std::forward<Arguments>(arguments)...);
    auto& waiting = *gathering;
    asker.replies().add(std::move(gathering));
    waiting.ask();
}

}  // namespace nearcache::resp_server
