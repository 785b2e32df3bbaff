#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace nearcache::http {

// Which commands a body holds: one, several in a row, or several that take effect together.
enum class CommandForm { single, pipeline, transaction };

// The commands of one request.
struct CommandBatch {
    struct Refused {
        std::size_t place;  // among all of them
        std::string why;    // an error line's text: "ERR ..."
    };

    std::string bytes;             // those that may be executed, as RESP arrays
    std::size_t count = 0;         // of all
    std::vector<Refused> refused;  // in order; nothing of them is in `bytes`
    std::string complaint;         // why nothing of it may be executed; empty: it may
};

// Fills a batch, word by word. What has to stand before a word or a command is put in when it is
// known, so nothing is there twice. Refused is what needs a connection that lasts, or changes the
// form of replies; and within a transaction what begins or ends one.
//
// Threads: one at a time.
class BatchWriter {
  public:
    BatchWriter(CommandBatch& batch, CommandForm form, std::size_t max_commands)
        : batch_(batch), form_(form), max_commands_(max_commands) {}

    // The first complaint counts. From then on nothing more is written.
    void complain(std::string_view why);

    void begin_command();
    void add_part(std::string_view text);  // of a word
    void end_word();
    void end_command();

  private:
    struct Span {
        std::size_t begin = 0;
        std::size_t size = 0;
    };

    std::string_view word(std::size_t index) const;
    void insert_header(char type, std::size_t number, std::size_t at);
    void refuse(std::string why);

    CommandBatch& batch_;
    const CommandForm form_;
    const std::size_t max_commands_;
    std::size_t words_ = 0;  // of this command
    std::size_t command_begin_ = 0;
    std::size_t word_begin_ = 0;
    std::array<Span, 2> first_{};  // the words it begins with
};

}  // namespace nearcache::http
