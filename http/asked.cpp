#include "http/asked.hpp"

#include "http/router.hpp"

namespace nearcache::http {

ErrorForm error_form_of(const Request& request) {
    if (request.is_json) {
        const auto target = split_target(request.target);
        const Sort sort{.is_json = true};
        const bool is_for_commands_here =
            target && is_for_commands(route(request.method, *target, sort).action);
        if (is_for_commands_here) return ErrorForm::result;
    }
    return request.accepts_json ? ErrorForm::problem : ErrorForm::text;
}

}  // namespace nearcache::http
