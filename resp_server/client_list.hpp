#pragma once

#include <deque>

#include <boost/intrusive/list.hpp>

namespace nearcache::resp_server {

class Client;

using ClientListHook = boost::intrusive::list_base_hook<>;

// The clients of one lane, in the order in which they came. What one client wants to know of, or do
// to, all others is asked of each lane on that lane, so that no client is ever touched by two
// threads.
//
// Threads: its lane's.
class ClientList {
    using Hooks = boost::intrusive::list<ClientListHook>;

  public:
    class Iterator {
      public:
        explicit Iterator(Hooks::iterator at) noexcept : at_(at) {}
        Client& operator*() const noexcept { return client_of(*at_); }
        Iterator& operator++() noexcept {
            ++at_;
            return *this;
        }
        bool operator==(const Iterator&) const noexcept = default;

      private:
        Hooks::iterator at_;
    };

    void add(Client& client) noexcept;
    void remove(Client& client) noexcept;

    Iterator begin() noexcept { return Iterator(hooks_.begin()); }
    Iterator end() noexcept { return Iterator(hooks_.end()); }

  private:
    static Client& client_of(ClientListHook& hook) noexcept;

    Hooks hooks_;
};

// Never moves.
using ClientLists = std::deque<ClientList>;

}  // namespace nearcache::resp_server
