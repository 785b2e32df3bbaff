#include "backend/embedded/embedded_backend.hpp"

#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/post.hpp>

#include "backend/embedded/command_table.hpp"
#include "resp/reply_writer.hpp"

namespace nearcache::backend::embedded {
namespace {

GetReply reply_of(const std::optional<Keyspace::Snapshot>& found) {
    GetReply reply;
    if (found) {
        reply.kind = GetReply::Kind::value;
        reply.bytes = found->value.bytes();
        if (found->expires_at != never) reply.remaining = found->expires_at - found->taken_at;
    }
    return reply;
}

template <class Completion>
void post_failure(net::IoContext& lane, Completion& completion, Errc why) {
    boost::asio::post(lane, [&completion, why] { completion.on_failure(why); });
}

// Longer than Redis allows, for Backend lets nothing come here that is not well-formed.
std::string reply_to_oversized(const resp::RequestParser& parser) {
    std::string reply;
    resp::append_error(reply, "ERR " + std::string(parser.error()));
    return reply;
}

}  // namespace

EmbeddedBackend::EmbeddedBackend(net::IoThreads& threads, const Clock& clock,
                                 WallClock::TimeOfDay time_of_day)
    : threads_(threads), clock_(clock, time_of_day), keyspace_(clock_) {}

void EmbeddedBackend::get(const Route& route, std::string_view key, GetCompletion& completion) {
    auto& context = threads_.lane(route.lane);
    if (is_stopped_) return post_failure(context, completion, Errc::shutting_down);

    // The handler shares the value with the keyspace and knows nothing of this object, which may be
    // gone by the time it runs.
    boost::asio::post(context, [&completion, found = keyspace_.read(key)] {
        completion.on_reply(reply_of(found));
    });
}

void EmbeddedBackend::get_many(const Route& route, std::span<const std::string_view> keys,
                               GetManyCompletion& completion) {
    auto& context = threads_.lane(route.lane);
    if (is_stopped_) return post_failure(context, completion, Errc::shutting_down);

    boost::asio::post(context, [&completion, found = keyspace_.read(keys)] {
        std::vector<GetReply> replies;
        replies.reserve(found.size());
        for (const auto& one : found) replies.push_back(reply_of(one));
        completion.on_replies(replies);
    });
}

void EmbeddedBackend::forward(const Route& route, const net::Slice& command,
                              ForwardCompletion& completion) {
    if (is_stopped_) {
        return post_failure(threads_.lane(route.lane), completion, Errc::shutting_down);
    }
    resp::RequestParser parser;
    resp::Command parsed;
    if (parser.parse(command.bytes, parsed) != resp::RequestParser::Status::complete) {
        return post_reply(route, reply_to_oversized(parser), completion);
    }
    post_reply(route, reply_to(route, parsed), completion);
}

void EmbeddedBackend::forward_if(const Route& route, Condition condition, const net::Slice& command,
                                 ConditionalCompletion& completion) {
    auto& lane = threads_.lane(route.lane);
    if (is_stopped_) return post_failure(lane, completion, Errc::shutting_down);
    resp::RequestParser parser;
    resp::Command parsed;
    if (parser.parse(command.bytes, parsed) != resp::RequestParser::Status::complete) {
        return post_reply(route, reply_to_oversized(parser), completion);
    }
    const Keyspace::Hold nobody_else(keyspace_);
    const auto found = keyspace_.read(condition.key);
    const auto value = found ? std::string_view(found->value.bytes()) : std::string_view();
    if (!condition.test(found ? &value : nullptr)) {
        return boost::asio::post(lane, [&completion] { completion.on_condition_failed(); });
    }
    post_reply(route, reply_to(route, parsed), completion);
}

std::string EmbeddedBackend::reply_to(const Route& route, const resp::Command& command) {
    std::string reply;
    execute(keyspace_, command.words, reply, route.dialect);
    return reply;
}

void EmbeddedBackend::try_select(const Route& route, std::string_view database,
                                 ForwardCompletion& completion) {
    if (is_stopped_) {
        return post_failure(threads_.lane(route.lane), completion, Errc::shutting_down);
    }
    const std::array<std::string_view, 2> words{"SELECT", database};
    std::string reply;
    execute(keyspace_, words, reply, route.dialect);
    post_reply(route, std::move(reply), completion);
}

void EmbeddedBackend::post_reply(const Route& route, std::string reply,
                                 ForwardCompletion& completion) {
    boost::asio::post(threads_.lane(route.lane),
                      [&completion, reply = std::move(reply)] { completion.on_reply({reply}); });
}

}  // namespace nearcache::backend::embedded
