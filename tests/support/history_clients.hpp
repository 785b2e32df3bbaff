#pragma once

#include <cstdint>
#include <memory>

#include "tests/support/history_load.hpp"

namespace nearcache::tests {

// Who a client is and where it goes. `keys` outlives it.
struct HistoryMember {
    HotKeys& keys;
    HistoryPorts ports;
    std::uint32_t number;
};

// Writers through nearcache read their own writes back, over both doors.
std::unique_ptr<HistoryClient> redis_writer(const HistoryMember& member);
std::unique_ptr<HistoryClient> resp_writer(const HistoryMember& member);
std::unique_ptr<HistoryClient> http_writer(const HistoryMember& member);
// A reader of RESP has several commands on their way at once.
std::unique_ptr<HistoryClient> resp_reader(const HistoryMember& member);
std::unique_ptr<HistoryClient> http_reader(const HistoryMember& member);

}  // namespace nearcache::tests
