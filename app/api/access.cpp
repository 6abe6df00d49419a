#include "app/api/access.hpp"

#include "app/api/problem.hpp"
#include "app/api/route.hpp"
#include "app/api/target.hpp"

namespace chargemill::app::api {

using runtime::Access;
using runtime::HttpRequest;

Access needed_for(std::string_view method, std::string_view target) {
  const auto parsed = parse_target(target);
  const Route* const route = parsed ? match(method, parsed->path).route : nullptr;
  if (route == nullptr) return Access::read;
  if (route->is_change) return Access::operate;
  return route->is_open ? Access::none : Access::read;
}

Access access_of(const runtime::AccessTokens* tokens, const HttpRequest& head) {
  return tokens == nullptr ? Access::operate
                           : tokens->access_of_header(head.header("authorization"));
}

namespace {

/// For one whose `access` is not enough.
HttpResponse refusal(Access access, const HttpRequest& head) {
  const std::string_view target = head.target;
  const Style style = style_of(target.substr(0, target.find('?')));
  if (access != Access::none)
    return problem(style, 403, "this token reads and changes nothing", "Authorization");
  HttpResponse response =
      problem(style, 401, "a token is needed: Authorization: Bearer TOKEN", "Authorization");
  // A browser asks its user for the second; the name may be anything, the password is the token.
  response.headers.push_back(
      {"WWW-Authenticate", R"(Bearer realm="chargemill", Basic realm="chargemill")"});
  return response;
}

}  // namespace

runtime::HttpVerdict verdict(const runtime::AccessTokens* tokens, const HttpRequest& head) {
  runtime::HttpVerdict result;
  if (tokens == nullptr) return result;
  const Access access = access_of(tokens, head);
  result.is_stranger = access == Access::none;
  if (access < needed_for(head.method, head.target)) result.refusal = refusal(access, head);
  return result;
}

}  // namespace chargemill::app::api
