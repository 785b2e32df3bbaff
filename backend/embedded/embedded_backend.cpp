#include "backend/embedded/embedded_backend.hpp"

#include <optional>
#include <string>
#include <utility>

#include <boost/asio/post.hpp>

#include "backend/embedded/command_table.hpp"
#include "resp/reply_writer.hpp"
#include "resp/request_parser.hpp"

namespace nearcache::backend::embedded {
namespace {

void complete(GetCompletion& completion, const std::optional<Keyspace::Snapshot>& found) {
    GetReply reply;
    if (found) {
        reply.kind = GetReply::Kind::value;
        reply.bytes = found->value.bytes();
        if (found->expires_at != never) reply.remaining = found->expires_at - found->taken_at;
    }
    completion.on_reply(reply);
}

template <class Completion>
void post_failure(net::IoContext& lane, Completion& completion, Errc why) {
    boost::asio::post(lane, [&completion, why] { completion.on_failure(why); });
}

}  // namespace

EmbeddedBackend::EmbeddedBackend(net::IoThreads& threads, const Clock& clock,
                                 WallClock::TimeOfDay time_of_day)
    : threads_(threads), clock_(clock, time_of_day), keyspace_(clock_) {}

void EmbeddedBackend::get(net::LaneId lane, std::string_view key, GetCompletion& completion) {
    auto& context = threads_.lane(lane);
    if (is_stopped_) return post_failure(context, completion, Errc::shutting_down);

    // The handler shares the value with the keyspace and knows nothing of this object, which may be
    // gone by the time it runs.
    boost::asio::post(context,
                      [&completion, found = keyspace_.read(key)] { complete(completion, found); });
}

void EmbeddedBackend::forward(net::LaneId lane, std::string_view command,
                              ForwardCompletion& completion) {
    auto& context = threads_.lane(lane);
    if (is_stopped_) return post_failure(context, completion, Errc::shutting_down);

    resp::RequestParser parser;
    resp::Command parsed;
    std::string reply;
    if (parser.parse(command, parsed) == resp::RequestParser::Status::complete) {
        execute(keyspace_, parsed.words, reply);
    } else {
        // Longer than Redis allows, for Backend lets nothing come here that is not well-formed.
        resp::append_error(reply, "ERR " + std::string(parser.error()));
    }
    boost::asio::post(context,
                      [&completion, reply = std::move(reply)] { completion.on_reply(reply); });
}

}  // namespace nearcache::backend::embedded
