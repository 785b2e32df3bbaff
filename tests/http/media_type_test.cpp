#include "http/media_type.hpp"

#include <doctest/doctest.h>

#include "http/request_parser.hpp"

namespace nearcache::http {
namespace {

TEST_CASE("a type is known whatever its case and its parameters") {
    CHECK(is_media_type("application/json", "application/json"));
    CHECK(is_media_type("Application/JSON; charset=utf-8", "application/json"));
    CHECK(is_media_type(" application/json ;x", "application/json"));
    CHECK_FALSE(is_media_type("application/json-seq", "application/json"));
    CHECK_FALSE(is_media_type("text/plain; application/json", "application/json"));
    CHECK_FALSE(is_media_type("", "application/json"));
}

TEST_CASE("only what is named counts as accepted, and not what is refused") {
    struct Row {
        std::string_view field;
        bool json;
        bool html;
    };
    for (const auto& [field, json, html] :
         {Row{"*/*", false, false}, Row{"application/json", true, false},
          Row{"application/problem+json", true, false}, Row{"application/*", false, false},
          Row{"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", false, true},
          Row{"text/plain, Application/Json;q=0.1", true, false},
          Row{"application/json;q=0", false, false}, Row{"application/json; Q=0.000", false, false},
          Row{"application/json;v=1;q=0.0,text/html;q=1", false, true},
          Row{"application/json;q=0.01", true, false}, Row{"", false, false},
          Row{"application/json;q=", true, false}}) {
        CAPTURE(field);
        Request request;
        read_accept(field, request);
        CHECK(request.accepts_json == json);
        CHECK(request.accepts_html == html);
    }
}

}  // namespace
}  // namespace nearcache::http
