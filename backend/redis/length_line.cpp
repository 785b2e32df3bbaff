#include "backend/redis/length_line.hpp"

namespace nearcache::backend::redis {

namespace {

// No length and no count that Redis can send has more digits.
constexpr std::size_t max_digits = 12;

constexpr LengthLine unfinished{ReplyFramer::Status::need_more};
constexpr LengthLine broken{ReplyFramer::Status::failed};

unsigned digit_value(char c) noexcept {
    return static_cast<unsigned>(static_cast<unsigned char>(c)) - unsigned{'0'};
}

}  // namespace

LengthLine read_length_line(std::string_view value) noexcept {
    LengthLine line{ReplyFramer::Status::complete};
    std::size_t at = 1;
    if (at < value.size() && value[at] == '-') {
        line.is_nil = true;
        ++at;
    }
    const std::size_t first = at;
    while (at < value.size() && digit_value(value[at]) <= 9) {
        if (at - first == max_digits) return broken;
        line.number = line.number * 10 + digit_value(value[at]);
        ++at;
    }
    const std::size_t digits = at - first;
    if (digits > 1 && value[first] == '0') return broken;
    if (digits > 0 && line.is_nil && (digits != 1 || line.number != 1)) return broken;
    if (at == value.size()) return unfinished;
    if (digits == 0 || value[at] != '\r') return broken;
    if (at + 1 == value.size()) return unfinished;
    if (value[at + 1] != '\n') return broken;
    line.size = at + 2;
    return line;
}

}  // namespace nearcache::backend::redis
