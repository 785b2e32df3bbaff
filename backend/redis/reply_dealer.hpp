#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "backend/backend.hpp"
#include "backend/redis/context.hpp"
#include "backend/redis/expected_replies.hpp"
#include "backend/redis/reply_framer.hpp"
#include "net/input.hpp"
#include "net/io_threads.hpp"

namespace nearcache::backend::redis {

// What comes back over a connection on which many ask: finds where each reply ends, and hands it to
// the one whose turn it is.
//
// Threads: its lane's.
class ReplyDealer {
  public:
    ReplyDealer(net::IoContext& lane, const Acquaintance& acquaintance)
        : expected_(lane), acquaintance_(acquaintance) {}

    // A new connection, to that server (a fingerprint, 0: not known): nothing was read yet.
    void begin(std::uint64_t server);
    std::uint64_t server() const noexcept { return server_; }

    ExpectedReplies& expected() noexcept { return expected_; }
    const ExpectedReplies& expected() const noexcept { return expected_; }
    net::Input& input() noexcept { return input_; }

    // Answers all whose replies are here as a whole. False when what came is no answer to what was
    // asked: nothing that follows can be believed, and the connection must end.
    bool deal();

    // How many were answered on this connection, and whether one of them was told what another
    // server said than the one that tells of changes.
    std::uint64_t answered() const noexcept { return answered_; }
    bool is_server_strange() const noexcept { return is_server_strange_; }

  private:
    // Answers the one in front if that can be done quickly; else nothing was done.
    bool answer_usual();
    std::size_t answer_usual(GetCompletion* asker, std::string_view bytes);
    std::size_t answer_usual(ForwardCompletion* asker, std::string_view bytes);
    bool answer(std::string_view replies);
    bool answer(GetCompletion* asker, std::string_view replies);
    bool answer(GetManyCompletion* asker, std::string_view replies);
    bool answer(ForwardCompletion* asker, std::string_view replies);
    bool is_tracked() noexcept;

    ExpectedReplies expected_;
    const Acquaintance& acquaintance_;
    net::Input input_;
    ReplyFramer framer_;
    // Of the question in front, of which not all replies are here.
    std::size_t replies_here_ = 0;
    std::size_t bytes_here_ = 0;
    std::size_t first_size_ = 0;  // of its first reply
    std::vector<GetReply> many_;  // the answer to a question about several keys
    std::uint64_t server_ = 0;
    std::uint64_t answered_ = 0;
    bool is_server_strange_ = false;
};

}  // namespace nearcache::backend::redis
