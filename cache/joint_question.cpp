#include "cache/joint_question.hpp"

#include <cassert>
#include <string_view>

namespace nearcache::cache {

void JointQuestion::send(std::unique_ptr<JointQuestion> question, backend::Backend& backend,
                         const backend::Route& route) {
    const auto& flights = question->flights_;
    if (flights.empty()) return;
    if (flights.size() == 1) return flights.front()->ask();

    boost::container::small_vector<std::string_view, 16> keys;
    keys.reserve(flights.size());
    for (const Flight* const flight : flights) keys.push_back(flight->key());
    backend.get_many(route, std::span(keys.data(), keys.size()), *question.release());
}

void JointQuestion::on_replies(std::span<const backend::GetReply> replies) {
    const std::unique_ptr<JointQuestion> self(this);
    assert(replies.size() == flights_.size());
    for (std::size_t i = 0; i < flights_.size(); ++i) flights_[i]->on_reply(replies[i]);
}

void JointQuestion::on_failure(Errc why) {
    const std::unique_ptr<JointQuestion> self(this);
    for (Flight* const flight : flights_) flight->on_failure(why);
}

}  // namespace nearcache::cache
