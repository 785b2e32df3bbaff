#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "resp/reply_writer.hpp"
#include "resp_server/client_line.hpp"
#include "resp_server/commands/client_commands.hpp"
#include "resp_server/commands/client_filters.hpp"
#include "resp_server/lane_gathering.hpp"
#include "resp_server/own_connection.hpp"

// What CLIENT asks of, and does to, the clients of all lanes.
namespace nearcache::resp_server {

namespace {

struct ListedLine {
    std::uint64_t id;
    std::string text;
};

class ListGathering final : public LaneGathering<std::vector<ListedLine>> {
  public:
    ListGathering(Client& asker, ListedClients listed)
        : LaneGathering(asker),
          listed_(std::move(listed)),
          wanted_(listed_.ids.value_or(std::vector<std::uint64_t>{})),
          shows_library_(backend_client_command(asker, "setinfo") != nullptr) {
        std::ranges::sort(wanted_);
    }

  private:
    std::vector<ListedLine> look(ClientList& clients) const override {
        const ClientLineStyle style{asker().context().clock.now(), shows_library_};
        std::vector<ListedLine> lines;
        for (auto& client : clients) {
            if (includes(client)) lines.push_back({client.id(), client_line(client, style)});
        }
        return lines;
    }

    void conclude(std::vector<std::vector<ListedLine>> found) override {
        std::vector<ListedLine> lines;
        for (auto& of_lane : found) std::ranges::move(of_lane, std::back_inserter(lines));
        std::ranges::sort(lines, {}, &ListedLine::id);
        resp::append_verbatim(reply(), asker().dialect(), "txt", text_of(lines));
        finish();
    }

    bool includes(const Client& client) const {
        if (!is_connected(client)) return false;
        if (listed_.ids) return std::ranges::binary_search(wanted_, client.id());
        return !listed_.type || type_of(client) == *listed_.type;
    }

    // `lines` are in the order of ids.
    std::string text_of(const std::vector<ListedLine>& lines) const {
        std::string text;
        if (!listed_.ids) {
            for (const auto& line : lines) text.append(line.text);
            return text;
        }
        for (const auto id : *listed_.ids) {
            const auto line = std::ranges::lower_bound(lines, id, {}, &ListedLine::id);
            if (line != lines.end() && line->id == id) text.append(line->text);
        }
        return text;
    }

    const ListedClients listed_;
    std::vector<std::uint64_t> wanted_;  // listed_.ids in their own order
    const bool shows_library_;
};

struct KillCount {
    std::size_t others = 0;
    bool asker = false;
};

class KillGathering final : public LaneGathering<KillCount> {
  public:
    KillGathering(Client& asker, KilledClients killed)
        : LaneGathering(asker), killed_(std::move(killed)) {}

  private:
    KillCount look(ClientList& clients) const override {
        KillCount count;
        for (auto& client : clients) {
            if (!killed_.include(client)) continue;
            if (&client == &asker()) {
                count.asker = true;
                continue;
            }
            ++count.others;
            if (client.socket() != nullptr) client.socket()->hang_up();
        }
        return count;
    }

    void conclude(std::vector<KillCount> found) override {
        KillCount all;
        for (const auto& of_lane : found) {
            all.others += of_lane.others;
            all.asker = all.asker || of_lane.asker;
        }
        say(all.others + (all.asker ? 1 : 0));
        // It still gets this reply.
        if (all.asker) asker().leave();
        finish();
    }

    void say(std::size_t killed) {
        if (!killed_.is_old_form) {
            resp::append_integer(reply(), static_cast<std::int64_t>(killed));
        } else if (killed != 0) {
            resp::append_simple(reply(), "OK");
        } else {
            append_error(reply(), "ERR No such client");
        }
    }

    const KilledClients killed_;
};

// Who of ours is blocked waits on a connection of its own: the backend is asked to unblock that.
class UnblockGathering final : public LaneGathering<std::int64_t>, public cache::Forwarding {
  public:
    UnblockGathering(Client& asker, UnblockedClient unblocked)
        : LaneGathering(asker), unblocked_(unblocked) {}

    void on_forwarded(const net::Slice& bytes) override {
        append_slice(reply(), bytes);
        finish();
    }

    void on_not_forwarded(Errc why) override {
        append_failure(reply(), why);
        finish();
    }

  private:
    // The backend's number of that connection; 0 when the client is not here, or not blocked.
    std::int64_t look(ClientList& clients) const override {
        for (const auto& client : clients) {
            if (client.id() != unblocked_.id) continue;
            const bool is_there = is_connected(client) && is_blocked_in_backend(client);
            return is_there ? client.own()->id() : 0;
        }
        return 0;
    }

    void conclude(std::vector<std::int64_t> found) override {
        const auto backend_id = std::ranges::max(found);
        if (backend_id == 0) {
            resp::append_integer(reply(), 0);
            return finish();
        }
        const auto number = std::to_string(backend_id);
        std::string bytes;
        resp::append_command(
            bytes, std::array<std::string_view, 4>{"CLIENT", "UNBLOCK", number,
                                                   unblocked_.is_failed ? "ERROR" : "TIMEOUT"});
        auto& cache = asker().cache();
        cache.forward({cache.home(asker().lane()), {bytes}}, {}, *this);
    }

    const UnblockedClient unblocked_;
};

}  // namespace

Execution client_list(Client& client, const resp::Command& command) {
    auto listed = read_client_list(client, command);
    if (listed) gather<ListGathering>(client, std::move(*listed));
    return Execution::done;
}

// What the client has said before takes effect before others are killed, or unblocked.
Execution client_kill(Client& client, const resp::Command& command) {
    if (client.replies().pending() != 0) return Execution::later;
    auto killed = read_client_kill(client, command);
    if (killed) gather<KillGathering>(client, std::move(*killed));
    return Execution::done;
}

Execution client_unblock(Client& client, const resp::Command& command) {
    if (client.replies().pending() != 0) return Execution::later;
    const auto unblocked = read_client_unblock(client, command);
    if (unblocked) gather<UnblockGathering>(client, *unblocked);
    return Execution::done;
}

}  // namespace nearcache::resp_server
