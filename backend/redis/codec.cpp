#include "backend/redis/codec.hpp"

#include <charconv>
#include <memory>
#include <vector>

#include <hiredis/hiredis.h>

namespace nearcache::backend::redis {

namespace {

resp::Value to_value(const redisReply& reply) {
    using Kind = resp::Value::Kind;
    const auto text = [&] { return std::string(reply.str, static_cast<std::size_t>(reply.len)); };
    switch (reply.type) {
        case REDIS_REPLY_STATUS:
            return {Kind::simple, text(), 0, {}};
        case REDIS_REPLY_ERROR:
            return {Kind::error, text(), 0, {}};
        case REDIS_REPLY_STRING:
            return {Kind::bulk, text(), 0, {}};
        case REDIS_REPLY_INTEGER:
            return {Kind::integer, {}, reply.integer, {}};
        case REDIS_REPLY_ARRAY: {
            resp::Value array{Kind::array, {}, 0, {}};
            for (std::size_t i = 0; i < reply.elements; ++i) {
                array.elements.push_back(to_value(*reply.element[i]));
            }
            return array;
        }
        default:
            return {};
    }
}

struct ReaderDeleter {
    void operator()(redisReader* reader) const noexcept { redisReaderFree(reader); }
};
struct ReplyDeleter {
    void operator()(void* reply) const noexcept { freeReplyObject(reply); }
};

std::string_view without_line_end(std::string_view line) noexcept {
    line.remove_suffix(std::min<std::size_t>(2, line.size()));
    return line;
}

}  // namespace

std::string format_command(std::span<const std::string_view> words) {
    std::vector<const char*> texts;
    std::vector<std::size_t> lengths;
    for (const auto word : words) {
        texts.push_back(word.data());
        lengths.push_back(word.size());
    }
    char* formatted = nullptr;
    const auto size = redisFormatCommandArgv(&formatted, static_cast<int>(words.size()),
                                             texts.data(), lengths.data());
    if (size < 0) throw std::bad_alloc();
    std::string command(formatted, static_cast<std::size_t>(size));
    redisFreeCommand(formatted);
    return command;
}

std::optional<resp::Value> decode(std::string_view reply) {
    const std::unique_ptr<redisReader, ReaderDeleter> reader(redisReaderCreate());
    void* decoded = nullptr;
    if (redisReaderFeed(reader.get(), reply.data(), reply.size()) != REDIS_OK ||
        redisReaderGetReply(reader.get(), &decoded) != REDIS_OK || decoded == nullptr) {
        return std::nullopt;
    }
    const std::unique_ptr<void, ReplyDeleter> owner(decoded);
    return to_value(*static_cast<redisReply*>(decoded));
}

LookupValue read_lookup_value(std::string_view reply) noexcept {
    if (reply.size() < 3) return {};
    if (reply[0] == '-') return {LookupValue::Kind::error, without_line_end(reply.substr(1))};
    if (reply == "$-1\r\n" || reply == "_\r\n") return {LookupValue::Kind::absent, {}};
    if (reply[0] != '$') return {};
    const auto line_end = reply.find('\n');
    if (line_end == std::string_view::npos) return {};
    return {LookupValue::Kind::value, without_line_end(reply.substr(line_end + 1))};
}

std::optional<std::int64_t> read_integer(std::string_view reply) noexcept {
    if (reply.size() < 4 || reply[0] != ':') return std::nullopt;
    std::int64_t number = 0;
    const auto [end, error] =
        std::from_chars(reply.data() + 1, reply.data() + reply.size() - 2, number);
    if (error != std::errc{} || end != reply.data() + reply.size() - 2) return std::nullopt;
    return number;
}

}  // namespace nearcache::backend::redis
