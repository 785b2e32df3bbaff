#pragma once

#include <memory>
#include <span>

#include <boost/container/small_vector.hpp>

#include "backend/backend.hpp"
#include "cache/single_flight.hpp"

namespace nearcache::cache {

// The one question for several flights: an MGET. Each lands by its own reply; after a lost
// connection each asks again for itself. Once sent it belongs to nobody, and goes when it is
// answered.
//
// Threads: one, that of the flights' lane.
class JointQuestion final : private backend::GetManyCompletion {
  public:
    // The flight has just been opened; its question is to go the way that this one goes.
    void add(Flight& flight) { flights_.push_back(&flight); }

    // Asks for whatever was added. One alone asks for itself: its answer leaves nothing open.
    static void send(std::unique_ptr<JointQuestion> question, backend::Backend& backend,
                     const backend::Route& route);

  private:
    void on_replies(std::span<const backend::GetReply> replies) override;
    void on_failure(Errc why) override;

    boost::container::small_vector<Flight*, 16> flights_;
};

}  // namespace nearcache::cache
