#include "transcript.hpp"

#include <cstddef>
#include <cstdio>
#include <string>

namespace nearcache::tests::clients {

namespace {

constexpr std::size_t longest = 120;

std::string escaped(const std::string& bytes) {
    static const char* const digits = "0123456789abcdef";
    std::string text = "\"";
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte >= 0x20 && byte < 0x7f && c != '"' && c != '\\') {
            text += c;
        } else {
            text += "\\x";
            text += digits[byte / 16];
            text += digits[byte % 16];
        }
    }
    return text + '"';
}

std::string bytes_of(const redisReply& reply) { return {reply.str, reply.len}; }

std::string parts_of(const redisReply& reply) {
    std::string text = "[";
    for (std::size_t i = 0; i < reply.elements; ++i) {
        if (i > 0) text += ", ";
        text += shown(reply.element[i]);
    }
    return text + ']';
}

// What hiredis knows since it speaks RESP3.
std::string shown_resp3(const redisReply& reply) {
#ifdef REDIS_REPLY_MAP
    switch (reply.type) {
        case REDIS_REPLY_MAP:
            return "map " + parts_of(reply);
        case REDIS_REPLY_SET:
            return "set " + parts_of(reply);
        case REDIS_REPLY_PUSH:
            return "push " + parts_of(reply);
        case REDIS_REPLY_DOUBLE:
            return "double " + bytes_of(reply);
        case REDIS_REPLY_BIGNUM:
            return "big number " + bytes_of(reply);
        case REDIS_REPLY_VERB:
            return "verbatim " + std::string(reply.vtype, 3) + ' ' + shown(bytes_of(reply));
        case REDIS_REPLY_BOOL:
            return reply.integer != 0 ? "true" : "false";
        default:
            break;
    }
#endif
    return "type " + std::to_string(reply.type);
}

}  // namespace

std::string shown(const std::string& bytes) {
    if (bytes.size() <= longest) return escaped(bytes);
    unsigned long long sum = 0;
    for (const char c : bytes) sum += static_cast<unsigned char>(c);
    return escaped(bytes.substr(0, 16)) + "... of " + std::to_string(bytes.size()) + ", sum " +
           std::to_string(sum);
}

std::string shown(const Words& words) {
    std::string text;
    for (const auto& word : words) {
        if (!text.empty()) text += ' ';
        text += shown(word);
    }
    return text;
}

std::string shown(const redisReply* reply) {
    if (reply == nullptr) return "none";
    switch (reply->type) {
        case REDIS_REPLY_STRING:
            return shown(bytes_of(*reply));
        case REDIS_REPLY_STATUS:
            return "status " + bytes_of(*reply);
        case REDIS_REPLY_ERROR:
            return "error " + bytes_of(*reply);
        case REDIS_REPLY_INTEGER:
            return std::to_string(reply->integer);
        case REDIS_REPLY_NIL:
            return "nil";
        case REDIS_REPLY_ARRAY:
            return parts_of(*reply);
        default:
            return shown_resp3(*reply);
    }
}

void report(const std::string& what, const std::string& answer) {
    std::printf("%s -> %s\n", what.c_str(), answer.c_str());
    std::fflush(stdout);
}

}  // namespace nearcache::tests::clients
