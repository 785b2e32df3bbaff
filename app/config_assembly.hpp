#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "app/config_setting.hpp"

namespace nearcache::app {

// Puts a configuration together from settings, the weakest source first, and remembers where each
// part of it came from.
//
// Threads: one.
class Assembly {
  public:
    // Throws ConfigError when the text is not allowed.
    void apply(const Setting& setting);

    // After the last apply(): joins credentials and URL, tells backend and cache what both need,
    // and throws ConfigError when two settings do not go together.
    void finish();

    const Config& config() const { return draft_.config; }
    std::vector<Origin> origins() const;

  private:
    // A secret and the two settings that say it.
    struct SecretSetting {
        std::string_view text_path;
        std::string_view file_path;
        Secret Draft::*place;
    };
    static const SecretSetting backend_password;
    static const SecretSetting http_token;

    struct Mention {
        Part part;
        std::string origin;
    };
    struct History {
        Level level = Level::by_default;
        std::string speaker;
        std::vector<Mention> mentions;
    };

    void remember(const Setting& setting, bool begins_anew);
    void settle(const SecretSetting& setting);
    std::string read_secret(const SecretSetting& setting) const;
    void join_credentials();
    void check_token() const;
    void share_coherence();
    void check_reconnection() const;
    void check_heartbeat() const;
    [[noreturn]] void fail_as_last(std::string_view one, std::string_view other,
                                   const std::string& wrong) const;
    void check_listeners() const;
    void check_pair(const Option& one, const Option& other) const;

    void forget(std::string_view path, std::string& value);
    const History& history(std::string_view path) const;
    std::string source(const Option& option) const;

    Draft draft_;
    std::map<std::string_view, History> histories_;  // by path
};

}  // namespace nearcache::app
