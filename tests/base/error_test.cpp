#include "base/error.hpp"

#include <cctype>
#include <set>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

namespace nearcache {
namespace {

constexpr Errc all[]{Errc::backend_unreachable, Errc::backend_connection_lost,
                     Errc::backend_timeout,     Errc::backend_protocol_error,
                     Errc::overloaded,          Errc::too_many_private_connections,
                     Errc::shutting_down};

TEST_CASE("every error has a phrase of its own, in lower case and without punctuation") {
    std::set<std::string_view> phrases;
    for (const Errc code : all) {
        const auto phrase = describe(code);
        CAPTURE(phrase);
        CHECK_FALSE(phrase.empty());
        CHECK(phrase != "unknown error");
        for (const char c : phrase) {
            CHECK((std::islower(static_cast<unsigned char>(c)) != 0 || c == ' '));
        }
        phrases.insert(phrase);
    }

    CHECK(phrases.size() == std::size(all));
}

TEST_CASE("an error code says that it failed, whose it is, and the same phrase") {
    for (const Errc code : all) {
        const boost::system::error_code made = code;
        CHECK(made.failed());
        CHECK(std::string_view(made.category().name()) == "nearcache");
        CHECK(made.message() == describe(code));
        CHECK(made == code);
    }
}

TEST_CASE("codes of one name are equal, others are not") {
    CHECK(make_error_code(Errc::overloaded) == make_error_code(Errc::overloaded));
    CHECK(make_error_code(Errc::overloaded) != make_error_code(Errc::shutting_down));
    CHECK(make_error_code(Errc::backend_unreachable) !=
          boost::system::error_code(1, boost::system::system_category()));
}

TEST_CASE("a number that is no error has a phrase all the same") {
    CHECK(describe(static_cast<Errc>(99)) == "unknown error");
}

TEST_CASE("a result is a value or an error") {
    const Result<std::string> fine = std::string("v");
    const Result<std::string> failed = Errc::backend_timeout;

    REQUIRE(fine.has_value());
    CHECK(*fine == "v");
    REQUIRE(failed.has_error());
    CHECK(failed.error() == Errc::backend_timeout);
}

}  // namespace
}  // namespace nearcache
