#include "http/credentials.hpp"

#include <doctest/doctest.h>

namespace nearcache::http {
namespace {

TEST_CASE("only the whole token opens, whatever the case of the scheme") {
    CHECK(shows_token("Bearer secret", "secret"));
    CHECK(shows_token("bearer  secret ", "secret"));

    for (const auto* const field :
         {"", "secret", "Bearer", "Bearer ", "Bearer secre", "Bearer secrets",
          "Bearer secretsecret", "Bearer Secret", "Basic secret", "Bearersecret",
          "Bearer secret, Bearer other"}) {
        CAPTURE(field);
        CHECK_FALSE(shows_token(field, "secret"));
    }
}

}  // namespace
}  // namespace nearcache::http
