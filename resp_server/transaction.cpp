#include "resp_server/transaction.hpp"

#include <algorithm>
#include <utility>

namespace nearcache::resp_server {

void merge(cache::Written& written, const cache::Written& more) {
    written.everything = written.everything || more.everything;
    written.hashes.insert(written.hashes.end(), more.hashes.begin(), more.hashes.end());
}

void Transaction::begin(std::uint32_t database) {
    state_ = State::open;
    written_ = {};
    databases_.assign(1, database);
    changes_client_ = false;
    count_ = 0;
    noted_.clear();
}

void Transaction::may_select(std::uint32_t database) {
    if (std::ranges::find(databases_, database) == databases_.end()) databases_.push_back(database);
}

void Transaction::queued(std::vector<std::string> words) {
    if (!words.empty()) noted_.push_back({count_, std::move(words)});
    ++count_;
}

}  // namespace nearcache::resp_server
