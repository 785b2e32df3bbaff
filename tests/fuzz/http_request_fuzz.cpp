#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/request_parser.hpp"
#include "tests/fuzz/fuzzing.hpp"

// Whatever a client sends, and however it is cut into pieces, the same requests are read; and each
// of them is one to a reader written from RFC 9112 alone, with the same end and the same body.

namespace nearcache::fuzz {
namespace {

using http::Flaw;
using http::Request;
using http::RequestLimits;
using http::RequestParser;

constexpr RequestLimits roomy{.target_bytes = 400, .head_bytes = 2000, .body_bytes = 2000};
// Small ones, so that a short input is over them.
constexpr RequestLimits tight{.target_bytes = 12, .head_bytes = 70, .body_bytes = 12};

struct Read {
    std::string target;
    std::string host;
    std::string body;
    bool keeps_alive;
    std::string bytes;  // all that it was read from

    bool operator==(const Read&) const = default;
};

// A session's reading loop, in which every piece lies at an address of its own.
//
// Threads: one at a time.
class Client {
  public:
    explicit Client(const RequestLimits& limits) : limits_(limits) {}

    void receive(std::string_view bytes) {
        pending_ += bytes;
        while (!has_failed_ && !pending_.empty() && read_some()) {
        }
    }
    const std::vector<Read>& requests() const { return requests_; }

  private:
    // False when more is needed, or no more can be read.
    bool read_some() {
        if (!parser_) parser_.emplace(request_, limits_);
        const Copy copy(pending_);
        const auto used = parser_->read(copy.bytes());
        require(used <= pending_.size(), "no more is used than came");
        used_ += copy.bytes().substr(0, used);
        pending_.erase(0, used);
        has_failed_ = parser_->flaw() != Flaw::none;
        require(request_.body.size() <= limits_.body_bytes, "a body is within its limit");
        require(request_.target.size() <= limits_.target_bytes || has_failed_,
                "a target is within its limit");
        require(has_failed_ || parser_->is_done() || pending_.size() <= limits_.head_bytes,
                "what is kept unread is within its limit");
        if (has_failed_ || !parser_->is_done()) return false;
        requests_.push_back({request_.target, request_.host, request_.body, request_.keeps_alive,
                             std::move(used_)});
        used_.clear();
        parser_.reset();
        request_.clear();
        return true;
    }

    const RequestLimits limits_;
    Request request_;
    std::optional<RequestParser> parser_;
    std::string pending_;
    std::string used_;
    std::vector<Read> requests_;
    bool has_failed_ = false;
};

std::vector<Read> read(std::string_view stream, const RequestLimits& limits, Pieces pieces) {
    Client client(limits);
    while (!stream.empty()) {
        const auto size = pieces.next(stream.size());
        client.receive(stream.substr(0, size));
        stream.remove_prefix(size);
    }
    return client.requests();
}

// Takes a line and its CR LF off the front. There is no other CR, LF or control byte in it.
std::string_view take_line(std::string_view& bytes) {
    const auto end = bytes.find("\r\n");
    require(end != bytes.npos, "a line ends in CR LF");
    const auto line = bytes.substr(0, end);
    require(std::ranges::none_of(line,
                                 [](char c) {
                                     const auto byte = static_cast<unsigned char>(c);
                                     return (byte < 0x20 && c != '\t') || byte == 0x7f;
                                 }),
            "a line has no control bytes");
    bytes.remove_prefix(end + 2);
    return line;
}

struct Framing {
    std::optional<std::size_t> length;
    bool is_chunked = false;
    int hosts = 0;
};

std::size_t number_in(std::string_view text, int base) {
    std::size_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
    require(error == std::errc{} && end == text.data() + text.size(), "a number is one");
    return number;
}

void read_field(std::string_view line, Framing& framing) {
    const auto colon = line.find(':');
    require(colon != line.npos && colon != 0, "a field has a name");
    std::string name(line.substr(0, colon));
    require(name.find_first_of(" \t") == name.npos, "a name has no blanks");
    std::ranges::transform(name, name.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    });
    auto value = line.substr(colon + 1);
    value.remove_prefix(std::min(value.find_first_not_of(" \t"), value.size()));
    value = value.substr(0, value.find_last_not_of(" \t") + 1);
    if (name == "host") ++framing.hosts;
    if (name == "content-length") {
        require(!framing.length, "there is one length");
        framing.length = number_in(value, 10);
    }
    if (name == "transfer-encoding") {
        require(!framing.is_chunked, "there is one coding");
        require(value.size() == 7, "the coding is chunked");
        framing.is_chunked = true;
    }
}

Framing read_fields(std::string_view& bytes) {
    Framing framing;
    for (auto line = take_line(bytes); !line.empty(); line = take_line(bytes)) {
        require(line.front() != ' ' && line.front() != '\t', "no line goes on in the next");
        read_field(line, framing);
    }
    return framing;
}

std::string read_chunks(std::string_view& bytes) {
    std::string body;
    for (;;) {
        const auto line = take_line(bytes);
        const auto size = number_in(line.substr(0, line.find_first_of("; \t")), 16);
        if (size == 0) break;
        require(size <= bytes.size(), "a chunk is here as a whole");
        body += bytes.substr(0, size);
        bytes.remove_prefix(size);
        require(take_line(bytes).empty(), "a line end stands behind a chunk");
    }
    read_fields(bytes);
    return body;
}

void check_request(const Read& request) {
    std::string_view bytes(request.bytes);
    const auto line = take_line(bytes);
    require(std::ranges::count(line, ' ') == 2, "a request line has three parts");
    const bool is_1_0 = line.ends_with("HTTP/1.0");
    const auto framing = read_fields(bytes);
    require(framing.hosts == 1 || (framing.hosts == 0 && is_1_0), "the host is named once");
    require(!framing.is_chunked || (!framing.length && !is_1_0), "the end is told in one way");
    if (framing.is_chunked) {
        require(read_chunks(bytes) == request.body, "the chunks are the body");
    } else {
        require(bytes.size() == framing.length.value_or(0), "the body has its length");
        require(bytes == request.body, "what follows the head is the body");
        bytes = {};
    }
    require(bytes.empty(), "nothing is left over");
}

}  // namespace
}  // namespace nearcache::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    using namespace nearcache::fuzz;
    const Run run = run_of(bytes, size);
    const auto limits = run.mode % 2 == 0 ? roomy : tight;

    const auto requests = read(run.stream, limits, {Pieces::Kind::whole, 0});
    require(read(run.stream, limits, {Pieces::Kind::single, 0}) == requests,
            "byte by byte it is the same");
    require(read(run.stream, limits, {Pieces::Kind::random, run.seed}) == requests,
            "in pieces it is the same");
    for (const auto& request : requests) check_request(request);
    return 0;
}
