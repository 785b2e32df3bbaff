#include "backend/redis/outbox.hpp"

#include <string>

#include <doctest/doctest.h>

#include "net/io_threads.hpp"

namespace nearcache::backend::redis {

TEST_CASE("what is queued after a loss survives the end of the write before it") {
    net::IoContext context;
    Socket closed(context.get_executor());
    Outbox outbox;
    bool has_ended = false;
    outbox.append({"lost with its connection"});
    outbox.write_some(closed, [&](boost::system::error_code error, std::size_t sent) {
        CHECK(error);
        outbox.on_written(sent);
        outbox.forget_writing();
        has_ended = true;
    });

    outbox.clear();
    outbox.append({"for the next connection"});
    context.run();

    CHECK(has_ended);
    CHECK(outbox.text() == "for the next connection");
}

TEST_CASE("what is forgotten before it was written is gone") {
    Outbox outbox;
    outbox.append({"nobody waits any more"});

    outbox.clear();

    CHECK(outbox.empty());
}

}  // namespace nearcache::backend::redis
