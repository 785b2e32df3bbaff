#include "http/command_batch.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

#include <boost/beast/core/string.hpp>

#include "resp/reply_writer.hpp"

namespace nearcache::http {

namespace {

using boost::beast::iequals;

struct Barred {
    std::string_view name;
    std::string_view subcommand;  // empty: whatever follows
};

constexpr std::array lasting{
    Barred{"subscribe", {}}, Barred{"unsubscribe", {}},    Barred{"psubscribe", {}},
    Barred{"monitor", {}},   Barred{"punsubscribe", {}},   Barred{"ssubscribe", {}},
    Barred{"hello", {}},     Barred{"sunsubscribe", {}},   Barred{"reset", {}},
    Barred{"quit", {}},      Barred{"client", "tracking"}, Barred{"client", "reply"},
};

// With these a RESP client shows that it is a browser, and is hung up on.
constexpr std::array unknown{Barred{"post", {}}, Barred{"host:", {}}};

constexpr std::array enclosing{Barred{"multi", {}}, Barred{"exec", {}}, Barred{"discard", {}},
                               Barred{"watch", {}}};

// The first two words of a command; the second may be missing.
struct Beginning {
    std::string_view name;
    std::string_view second;
};

template <std::size_t count>
const Barred* find(const std::array<Barred, count>& rows, const Beginning& words) {
    const auto* const found = std::ranges::find_if(rows, [&words](const Barred& row) {
        return iequals(row.name, words.name) &&
               (row.subcommand.empty() || iequals(row.subcommand, words.second));
    });
    return found == rows.end() ? nullptr : found;
}

std::string quoted(const Barred& row) {
    std::string name = "'" + std::string(row.name);
    if (!row.subcommand.empty()) name.append(" ").append(row.subcommand);
    return name += "'";
}

// Empty: it may be executed.
std::string why_refused(const Beginning& words) {
    if (const auto* const row = find(lasting, words)) {
        return "ERR " + quoted(*row) + " needs a connection that lasts, which HTTP has not";
    }
    if (const auto* const row = find(unknown, words)) return "ERR unknown command " + quoted(*row);
    return {};
}

}  // namespace

void BatchWriter::complain(std::string_view why) {
    if (batch_.complaint.empty()) batch_.complaint = why;
}

void BatchWriter::begin_command() {
    words_ = 0;
    command_begin_ = batch_.bytes.size();
    word_begin_ = command_begin_;
    if (batch_.count == max_commands_) complain("ERR more commands than http.max_pipeline allows");
}

void BatchWriter::add_part(std::string_view text) {
    if (batch_.complaint.empty()) batch_.bytes.append(text);
}

void BatchWriter::end_word() {
    if (!batch_.complaint.empty()) return;
    auto& bytes = batch_.bytes;
    const auto size = bytes.size() - word_begin_;
    insert_header('$', size, word_begin_);
    if (words_ < first_.size()) first_[words_] = {bytes.size() - size, size};
    ++words_;
    bytes += "\r\n";
    word_begin_ = bytes.size();
}

void BatchWriter::end_command() {
    if (words_ == 0) complain("ERR a command has a word at least");
    if (!batch_.complaint.empty()) return;
    const Beginning words{word(0), word(1)};
    const auto* const encloses =
        form_ == CommandForm::transaction ? find(enclosing, words) : nullptr;
    if (encloses != nullptr)
        return complain("ERR " + quoted(*encloses) + " has no place in /multi-exec");
    if (auto why = why_refused(words); !why.empty()) {
        refuse(std::move(why));
    } else {
        insert_header('*', words_, command_begin_);
    }
    ++batch_.count;
}

std::string_view BatchWriter::word(std::size_t index) const {
    if (index >= words_) return {};
    return std::string_view(batch_.bytes).substr(first_[index].begin, first_[index].size);
}

void BatchWriter::insert_header(char type, std::size_t number, std::size_t at) {
    std::string header;
    resp::append_header(header, type, static_cast<std::int64_t>(number));
    batch_.bytes.insert(at, header);
}

// Of a transaction all commands are executed, or none.
void BatchWriter::refuse(std::string why) {
    if (form_ == CommandForm::transaction) return complain(why);
    batch_.bytes.resize(command_begin_);
    batch_.refused.push_back({batch_.count, std::move(why)});
}

}  // namespace nearcache::http
