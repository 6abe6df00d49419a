#include <algorithm>
#include <iterator>

#include "app/api/route.hpp"
#include "app/api/target.hpp"

namespace chargemill::app::api {
namespace {

constexpr std::string_view kId = "{id}";
constexpr std::string_view kRequest = "{request}";

/// Whether `path` is of `pattern`; `found` is told what stands for its placeholders.
bool fits(std::string_view pattern, const std::vector<std::string>& path, Match& found) {
  if (path.empty()) return false;
  pattern.remove_prefix(1);
  for (const auto& piece : path) {
    const auto slash = pattern.find('/');
    const std::string_view wanted = pattern.substr(0, slash);
    if (wanted == kId || wanted == kRequest) {
      if (piece.empty()) return false;
      (wanted == kId ? found.id : found.request) = piece;
    } else if (wanted != piece) {
      return false;
    }
    const bool is_last = &piece == &path.back();
    if ((slash == std::string_view::npos) != is_last) return false;
    if (!is_last) pattern.remove_prefix(slash + 1);
  }
  return true;
}

bool is_fixed(std::string_view pattern) { return pattern.find('{') == std::string_view::npos; }

}  // namespace

const std::vector<Route>& routes() {
  static const std::vector<Route> all = [] {
    std::vector<Route> table;
    for (auto part :
         {service_routes(), older_routes(), older_orders(), point_routes(), order_routes(),
          newcomer_routes(), request_routes(), history_routes(), event_routes(), denial_routes(),
          series_routes(), node_routes(), slowest_routes()})
      std::move(part.begin(), part.end(), std::back_inserter(table));
    return table;
  }();
  return all;
}

Match match(std::string_view method, const std::vector<std::string>& path) {
  Match found;
  const std::string_view wanted = method == "HEAD" ? "GET" : method;
  const auto allow = [](std::string& methods, std::string_view one) {
    if (!methods.empty()) methods += ", ";
    methods += one;
    if (one == "GET") methods += ", HEAD";
  };
  for (const auto& route : routes()) {
    Match here;
    if (!fits(route.pattern, path, here)) continue;
    allow(found.allowed, route.method);
    if (is_fixed(route.pattern)) allow(found.fixed, route.method);
    if (route.method != wanted) continue;
    found.route = &route;
    found.id = std::move(here.id);
    found.request = std::move(here.request);
  }
  return found;
}

bool has_fixed_twin(const Route& route) {
  return !is_fixed(route.pattern) &&
         std::any_of(routes().begin(), routes().end(), [&route](const Route& other) {
           Match ignored;
           return is_fixed(other.pattern) &&
                  fits(route.pattern, parse_target(other.pattern)->path, ignored);
         });
}

}  // namespace chargemill::app::api
