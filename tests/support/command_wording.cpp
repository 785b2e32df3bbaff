#include "tests/support/command_wording.hpp"

#include <cstddef>

namespace nearcache::tests {

namespace {

bool is_plain(char byte) { return byte > ' ' && byte <= '~' && byte != '"' && byte != '\''; }

std::string hexadecimal(char byte) {
    constexpr std::string_view digits = "0123456789abcdef";
    const auto code = static_cast<unsigned char>(byte);
    return {'\\', 'x', digits[code / 16U], digits[code % 16U]};
}

std::string escaped(std::string_view bytes) {
    std::string text;
    for (const char byte : bytes) {
        if (byte == '\r') {
            text += "\\r";
        } else if (byte == '\n') {
            text += "\\n";
        } else if (byte == '\\' || byte == '"') {
            text.append("\\").append(1, byte);
        } else if (byte == ' ' || byte == '\'' || is_plain(byte)) {
            text += byte;
        } else {
            text += hexadecimal(byte);
        }
    }
    return text;
}

bool is_plain_word(std::string_view word) {
    for (const char byte : word) {
        if (!is_plain(byte)) return false;
    }
    return !word.empty();
}

}  // namespace

void spoil(Words& words, RandomSource& random, Vocabulary& vocabulary) {
    const auto way = random.below(3);
    if (way == 0) {
        words.push_back(vocabulary.word("junk"));
    } else if (words.size() > 1 && way == 1) {
        words.pop_back();
    } else if (words.size() > 1) {
        words[random.between(1, words.size() - 1)] = vocabulary.word("junk");
    }
}

void vary_case(std::string& name, RandomSource& random) {
    constexpr char between_cases = 'a' - 'A';
    for (char& letter : name) {
        const bool is_large = letter >= 'A' && letter <= 'Z';
        if (is_large && random.one_in(2)) letter = static_cast<char>(letter + between_cases);
    }
}

std::string inline_form(const Words& words, RandomSource& random) {
    std::string line;
    for (const auto& word : words) {
        if (!line.empty()) line.append(random.one_in(10) ? 3 : 1, ' ');
        if (is_plain_word(word) && !random.one_in(5)) {
            line += word;
        } else if (is_plain_word(word) && random.one_in(2)) {
            line.append("'").append(word).append("'");
        } else {
            line.append("\"").append(escaped(word)).append("\"");
        }
    }
    return line.append(random.one_in(3) ? "\n" : "\r\n");
}

std::string wire_form(const Words& words, RandomSource& random) {
    constexpr std::size_t inline_limit = 2000;
    auto wire = command(words);
    // A number of words is what a star in front would be read as.
    const bool may_be_inline = wire.size() < inline_limit && !words.front().starts_with('*');
    if (may_be_inline && random.one_in(25)) return inline_form(words, random);
    return wire;
}

std::string printable(std::string_view bytes, std::size_t limit) {
    if (bytes.size() <= limit) return escaped(bytes);
    return escaped(bytes.substr(0, limit)) + "... (" + std::to_string(bytes.size()) + " bytes)";
}

std::string printable(const Words& words, std::size_t limit) {
    std::string line;
    for (const auto& word : words) {
        line.append(line.empty() ? "" : " ");
        line += is_plain_word(word) && word.size() <= limit ? word
                                                            : "\"" + printable(word, limit) + "\"";
    }
    return line;
}

}  // namespace nearcache::tests
