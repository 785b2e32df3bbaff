#include "tests/support/history_clients.hpp"

#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <utility>

#include "tests/support/http_client.hpp"
#include "tests/support/test_client.hpp"

namespace nearcache::tests {

namespace {

using Outcome = Write::Outcome;

// What an answer to a read says, before it is known to make sense.
struct Answer {
    enum class Kind { value, absent, error, surprise };
    Kind kind = Kind::surprise;
    std::string text;
};

Answer answer_of(const HttpResponse& response) {
    if (response.status == 200) return {Answer::Kind::value, response.body};
    if (response.status == 404) return {Answer::Kind::absent, {}};
    if (response.status >= 502) return {Answer::Kind::error, response.body};
    return {Answer::Kind::surprise, "status " + std::to_string(response.status) + response.body};
}

Answer answer_of(std::string_view reply) {
    if (reply == nil) return {Answer::Kind::absent, {}};
    if (is_error(reply)) return {Answer::Kind::error, std::string(reply)};
    if (reply.starts_with('$')) return {Answer::Kind::value, text_of(reply)};
    return {Answer::Kind::surprise, std::string(reply)};
}

// Notes reads, and finds what no read may ever give.
class Notebook : public HistoryClient {
  protected:
    explicit Notebook(const HistoryMember& member) : member_(member), random_(member.number + 1) {}

    std::uint32_t any_key() { return random_below(hot_keys); }
    std::uint32_t random_below(std::uint32_t limit) {
        return static_cast<std::uint32_t>(random_() % limit);
    }

    std::string note(std::uint32_t key, Moment began, const Answer& answer) {
        Read read{key, Read::absent, member_.number, began, now()};
        if (answer.kind == Answer::Kind::surprise) return "a read was answered " + answer.text;
        if (answer.kind == Answer::Kind::error) return note_error();
        if (answer.kind == Answer::Kind::value) {
            const auto stamp = Stamp::from(answer.text);
            if (!stamp || stamp->key != key) return hot_key(key) + " was '" + answer.text + "'";
            read.version = stamp->version;
        }
        history_.reads.push_back(read);
        return {};
    }

    std::string note_error() {
        ++errors_;
        member_.keys.pause();
        return {};
    }

    const HistoryMember member_;

  private:
    std::minstd_rand random_;
};

class Writer : public Notebook {
  public:
    std::string step() override {
        Write write;
        choose(write);
        const auto outcome = carry_out(write);
        if (!outcome) return "a write was answered strangely";
        if (*outcome != Outcome::done) return note_error();
        return read_back(write.key);
    }

  protected:
    Writer(const HistoryMember& member, Write::Way way) : Notebook(member), way_(way) {}

    // Empty: an answer that a write must not get.
    virtual std::optional<Outcome> send(const Write& write, const std::string& value) = 0;
    virtual std::string read_back(std::uint32_t) { return {}; }
    // Whether values that expire can be written.
    virtual bool can_expire() const { return true; }

  private:
    // One in ten erases, one in ten is short-lived; but of the keys that only Redis's writers write
    // none is ever absent again, so that an old absence is found out like an old value.
    void choose(Write& write) {
        write.way = way_;
        write.key = way_ == Write::Way::redis ? any_key() : random_below(keys_of_all_writers);
        const auto kind = random_below(10);
        if (write.key >= keys_of_all_writers) return;
        if (kind == 0) write.kind = Write::Kind::erase;
        if (kind == 1 && can_expire()) write.life = milliseconds(5 + random_below(60));
    }

    std::optional<Outcome> carry_out(Write& write) {
        const auto turn = member_.keys.take(write.key);
        write.version = turn.version();
        const auto value = Stamp{write.key, write.version, member_.number}.text();
        write.began = now();
        const auto outcome = send(write, value);
        write.ended = now();
        write.outcome = outcome.value_or(Outcome::unknown);
        history_.writes.push_back(write);
        return outcome;
    }

    const Write::Way way_;
};

Words words_of(const Write& write, const std::string& value) {
    const auto key = hot_key(write.key);
    if (write.kind == Write::Kind::erase) return {"DEL", key};
    if (write.life == milliseconds(0)) return {"SET", key, value};
    return {"SET", key, value, "PX", std::to_string(write.life.count())};
}

// Redis's own errors and "unreachable" come before anything was done.
Outcome outcome_of_error(std::string_view text) {
    const bool is_open = text.find("may have taken effect") != text.npos ||
                         text.find("protocol error") != text.npos ||
                         text.find("connection lost") != text.npos ||
                         text.find("timed out") != text.npos;
    return is_open ? Outcome::unknown : Outcome::refused;
}

std::optional<Outcome> outcome_of(const std::string& reply) {
    if (is_error(reply)) return outcome_of_error(reply);
    if (reply == ok || reply.starts_with(':')) return Outcome::done;
    return std::nullopt;
}

class RedisWriter : public Writer {
  public:
    explicit RedisWriter(const HistoryMember& member) : Writer(member, Write::Way::redis) {}

  private:
    std::optional<Outcome> send(const Write& write, const std::string& value) override {
        if (!connects()) return Outcome::refused;
        try {
            return outcome_of(client_->ask(words_of(write, value)));
        } catch (const std::runtime_error&) {
            client_.reset();
            return Outcome::unknown;
        }
    }

    bool connects() {
        try {
            if (client_) return true;
            client_.emplace(member_.ports.redis);
            client_->ask({"CLIENT", "SETNAME", foreign_name});
            return true;
        } catch (const std::runtime_error&) {
            client_.reset();
            return false;
        }
    }

    std::optional<TestClient> client_;
};

// Both doors must keep their connections, whatever happens to Redis.
class ProxiedWriter : public Writer {
  protected:
    explicit ProxiedWriter(const HistoryMember& member)
        : Writer(member, Write::Way::nearcache),
          resp_(member.ports.resp),
          http_(member.ports.http) {}

    std::string read_over_resp(std::uint32_t key) {
        const auto began = now();
        return note(key, began, answer_of(resp_.ask({"GET", hot_key(key)})));
    }
    std::string read_over_http(std::uint32_t key) {
        const auto began = now();
        return note(key, began, answer_of(http_.get("/" + hot_key(key))));
    }

    TestClient resp_;
    HttpClient http_;
};

class RespWriter : public ProxiedWriter {
  public:
    explicit RespWriter(const HistoryMember& member) : ProxiedWriter(member) {}

  private:
    std::optional<Outcome> send(const Write& write, const std::string& value) override {
        return outcome_of(resp_.ask(words_of(write, value)));
    }
    std::string read_back(std::uint32_t key) override {
        return read_over_resp(key) + read_over_http(key);
    }
};

class HttpWriter : public ProxiedWriter {
  public:
    explicit HttpWriter(const HistoryMember& member) : ProxiedWriter(member) {}

  private:
    std::optional<Outcome> send(const Write& write, const std::string& value) override {
        const auto target = "/" + hot_key(write.key);
        const bool erases = write.kind == Write::Kind::erase;
        const auto response = erases ? http_.remove(target) : http_.put(target, value);
        if (response.is_success() || (erases && response.status == 404)) return Outcome::done;
        if (response.status >= 502) return outcome_of_error(response.body);
        return std::nullopt;
    }
    std::string read_back(std::uint32_t key) override {
        return read_over_http(key) + read_over_resp(key);
    }
    bool can_expire() const override { return false; }  // only in whole seconds
};

class RespReader : public Notebook {
  public:
    explicit RespReader(const HistoryMember& member)
        : Notebook(member), client_(member.ports.resp) {}

    // Four reads on their way at once, two of them in one command.
    std::string step() override {
        const std::uint32_t keys[] = {any_key(), any_key(), any_key(), any_key()};
        const auto began = now();
        client_.send(command({"GET", hot_key(keys[0])}) +
                     command({"MGET", hot_key(keys[1]), hot_key(keys[2])}) +
                     command({"GET", hot_key(keys[3])}));
        auto surprise = note(keys[0], began, answer_of(client_.read_reply()));
        surprise += note_pair({keys[1], keys[2]}, began, client_.read_reply());
        return surprise + note(keys[3], began, answer_of(client_.read_reply()));
    }

  private:
    std::string note_pair(std::pair<std::uint32_t, std::uint32_t> keys, Moment began,
                          std::string_view reply) {
        if (is_error(reply)) return note_error();
        constexpr std::string_view two_elements = "*2\r\n";
        if (!reply.starts_with(two_elements)) return "MGET was answered " + std::string(reply);
        reply.remove_prefix(two_elements.size());
        const auto first = reply.substr(0, reply_length(reply).value());
        const auto second = reply.substr(first.size());
        return note(keys.first, began, answer_of(first)) +
               note(keys.second, began, answer_of(second));
    }

    TestClient client_;
};

class HttpReader : public Notebook {
  public:
    explicit HttpReader(const HistoryMember& member)
        : Notebook(member), client_(member.ports.http) {}

    std::string step() override {
        const auto key = any_key();
        const auto began = now();
        return note(key, began, answer_of(client_.get("/" + hot_key(key))));
    }

  private:
    HttpClient client_;
};

}  // namespace

std::unique_ptr<HistoryClient> redis_writer(const HistoryMember& member) {
    return std::make_unique<RedisWriter>(member);
}

std::unique_ptr<HistoryClient> resp_writer(const HistoryMember& member) {
    return std::make_unique<RespWriter>(member);
}

std::unique_ptr<HistoryClient> http_writer(const HistoryMember& member) {
    return std::make_unique<HttpWriter>(member);
}

std::unique_ptr<HistoryClient> resp_reader(const HistoryMember& member) {
    return std::make_unique<RespReader>(member);
}

std::unique_ptr<HistoryClient> http_reader(const HistoryMember& member) {
    return std::make_unique<HttpReader>(member);
}

}  // namespace nearcache::tests
