#include <algorithm>
#include <iterator>

#include "app/api/route.hpp"

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
  for (const auto& route : routes()) {
    Match here;
    if (!fits(route.pattern, path, here)) continue;
    if (!found.allowed.empty()) found.allowed += ", ";
    found.allowed += route.method;
    if (route.method == "GET") found.allowed += ", HEAD";
    if (route.method != wanted) continue;
    found.route = &route;
    found.id = std::move(here.id);
    found.request = std::move(here.request);
  }
  return found;
}

}  // namespace chargemill::app::api
