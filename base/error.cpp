#include "base/error.hpp"

#include <string>

namespace nearcache {

namespace {

class Category final : public boost::system::error_category {
  public:
    const char* name() const noexcept override { return "nearcache"; }
    std::string message(int code) const override {
        return std::string(describe(static_cast<Errc>(code)));
    }
};

}  // namespace

boost::system::error_code make_error_code(Errc code) noexcept {
    static const Category category;
    return {static_cast<int>(code), category};
}

std::string_view describe(Errc code) noexcept {
    switch (code) {
        case Errc::backend_unreachable:
            return "backend unreachable";
        case Errc::backend_connection_lost:
            return "backend connection lost";
        case Errc::backend_timeout:
            return "backend timed out";
        case Errc::backend_protocol_error:
            return "backend protocol error";
        case Errc::overloaded:
            return "too many requests in flight";
        case Errc::too_many_private_connections:
            return "too many private connections";
        case Errc::shutting_down:
            return "shutting down";
    }
    return "unknown error";
}

}  // namespace nearcache
