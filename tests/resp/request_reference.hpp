#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <utility>

#include "tests/resp/request_reading.hpp"

namespace nearcache::resp::testing {

using namespace std::string_literals;
using namespace std::string_view_literals;

inline bool is_space(char c) { return " \t\n\v\f\r"sv.find(c) != std::string_view::npos; }

inline std::optional<std::int64_t> reference_integer(const std::string& text) {
    if (text.empty() || text.size() > 20) return std::nullopt;
    if (text.find_first_not_of("-0123456789") != std::string::npos) return std::nullopt;
    try {
        const std::int64_t number = std::stoll(text);
        if (std::to_string(number) != text) return std::nullopt;
        return number;
    } catch (const std::exception&) {
        return std::nullopt;
    }
}

// The grammar of requests told again, slowly and from the whole input, to compare with.
//
// Threads: one at a time.
class Reference {
  public:
    Reference(std::string input, const RequestLimits& limits)
        : input_(std::move(input)), limits_(limits) {}

    Outcome read() {
        bool goes_on = true;
        while (goes_on) {
            begin_ = at_;
            goes_on = at_ < input_.size() && (input_[at_] == '*' ? read_array() : read_inline());
        }
        outcome_.left = outcome_.error.empty() ? input_.size() - begin_ : 0;
        return outcome_;
    }

  private:
    bool fail(const std::string& why) {
        outcome_.error = "Protocol error: " + why;
        return false;
    }

    // The line at at_ without its end; empty when it has none yet, or is too long.
    std::optional<std::string> take_line(char end, std::size_t ending, const std::string& too_big) {
        std::size_t found = input_.find(end, at_);
        if (input_.find('\0', at_) < found) found = std::string::npos;
        const std::size_t size = std::min(found, input_.size()) - at_;
        if (size > limits_.max_inline_bytes) fail(too_big);
        if (size > limits_.max_inline_bytes || found == std::string::npos) return std::nullopt;
        if (found + ending > input_.size()) return std::nullopt;
        std::string line = input_.substr(at_, size);
        if (ending == 2 && input_[found + 1] != '\n') is_regular_ = false;
        at_ = found + ending;
        return line;
    }

    bool read_array() {
        is_regular_ = true;
        const auto line = take_line('\r', 2, "too big mbulk count string");
        if (!line) return false;
        const auto count = reference_integer(line->substr(1));
        if (!count || *count > static_cast<std::int64_t>(limits_.max_words)) {
            return fail("invalid multibulk length");
        }
        if (*count <= 0) return true;
        Strings words;
        for (std::int64_t word = 0; word < *count; ++word) {
            if (!read_bulk(words)) return false;
        }
        outcome_.commands.push_back(words);
        outcome_.raws.push_back(is_regular_ ? input_.substr(begin_, at_ - begin_) : "");
        return true;
    }

    bool read_bulk(Strings& words) {
        const auto line = take_line('\r', 2, "too big bulk count string");
        if (!line) return false;
        const char type = line->empty() ? '\r' : line->front();
        if (type != '$') return fail("expected '$', got '"s + type + "'");
        const auto length = reference_integer(line->substr(1));
        if (!length || *length < 0 || *length > static_cast<std::int64_t>(limits_.max_bulk_bytes)) {
            return fail("invalid bulk length");
        }
        const auto size = static_cast<std::size_t>(*length);
        if (at_ - begin_ + size + 2 > limits_.max_request_bytes) return fail("too big request");
        if (at_ + size + 2 > input_.size()) return false;
        words.push_back(input_.substr(at_, size));
        if (input_.substr(at_ + size, 2) != "\r\n") is_regular_ = false;
        at_ += size + 2;
        return true;
    }

    bool read_inline() {
        const auto line = take_line('\n', 1, "too big inline request");
        if (!line) return false;
        if (at_ - begin_ > limits_.max_request_bytes) return fail("too big request");
        std::string rest = *line;
        if (!rest.empty() && rest.back() == '\r') rest.pop_back();
        Strings words;
        if (!split(rest, words)) return fail("unbalanced quotes in request");
        if (words.empty()) return true;
        outcome_.commands.push_back(words);
        outcome_.raws.emplace_back();
        return true;
    }

    static bool split(std::string line, Strings& words) {
        enum class Mode { blank, plain, single_quoted, double_quoted, closed };
        line += ' ';  // ends the last word, and cannot close a quote
        Mode mode = Mode::blank;
        for (std::size_t i = 0; i < line.size(); ++i) {
            const char c = line[i];
            if (mode == Mode::closed && !is_space(c)) return false;
            if (mode == Mode::closed) mode = Mode::blank;
            if (mode == Mode::blank) {
                if (is_space(c)) continue;
                words.emplace_back();
                mode = Mode::plain;
            }
            const bool is_last = i + 2 >= line.size();
            if (mode == Mode::plain) {
                if (" \t\n\r"sv.find(c) != std::string_view::npos) {
                    mode = Mode::blank;
                } else if (c == '"') {
                    mode = Mode::double_quoted;
                } else if (c == '\'') {
                    mode = Mode::single_quoted;
                } else {
                    words.back() += c;
                }
            } else if (c == (mode == Mode::single_quoted ? '\'' : '"')) {
                mode = Mode::closed;
            } else if (c != '\\' || is_last) {
                words.back() += c;
            } else if (mode == Mode::single_quoted) {
                words.back() += line[i + 1] == '\'' ? line[++i] : c;
            } else {
                words.back() += unescape(line, i);
            }
        }
        return mode == Mode::blank || mode == Mode::closed;
    }

    static char unescape(const std::string& line, std::size_t& i) {
        const std::string hex = line.substr(i + 2, 2);
        const bool is_hex = hex.size() == 2 && i + 4 < line.size() &&
                            hex.find_first_not_of("0123456789abcdefABCDEF") == std::string::npos;
        if (line[i + 1] == 'x' && is_hex) {
            i += 3;
            return static_cast<char>(std::stoi(hex, nullptr, 16));
        }
        const char c = line[++i];
        const std::size_t which = "nrtba"sv.find(c);
        return which == std::string_view::npos ? c : "\n\r\t\b\a"[which];
    }

    std::string input_;
    RequestLimits limits_;
    std::size_t begin_ = 0;
    std::size_t at_ = 0;
    bool is_regular_ = true;
    Outcome outcome_;
};

// Streams that are mostly right, and wrong in every way.
//
// Threads: one at a time.
class Generator {
  public:
    explicit Generator(std::uint32_t seed) : random_(seed) {}

    std::size_t below(std::size_t limit) { return random_() % limit; }

    std::string stream() {
        std::string bytes;
        for (std::size_t left = 1 + below(4); left > 0; --left) {
            bytes += below(3) == 0 ? noise(below(24)) + "\r\n" : array_of(strings());
        }
        for (std::size_t left = below(3); left > 0; --left) damage(bytes);
        return bytes;
    }

  private:
    Strings strings() {
        Strings words(1 + below(9));
        for (std::string& word : words) word = noise(below(18));
        return words;
    }

    std::string noise(std::size_t size) {
        static constexpr std::string_view alphabet =
            "*$\r\n0123456789-+ \t\v\f'\"\\xnrabfZ\0\xff"sv;
        std::string bytes;
        while (bytes.size() < size) bytes += alphabet[below(alphabet.size())];
        return bytes;
    }

    void damage(std::string& bytes) {
        if (bytes.empty()) return;
        const std::size_t at = below(bytes.size());
        switch (below(4)) {
            case 0:
                bytes[at] = noise(1)[0];
                break;
            case 1:
                bytes.insert(at, noise(1 + below(3)));
                break;
            case 2:
                bytes.erase(at, 1 + below(2));
                break;
            default:
                bytes.resize(at + 1);
                break;
        }
    }

    std::mt19937 random_;
};

}  // namespace nearcache::resp::testing
