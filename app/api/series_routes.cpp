// What the dashboard asks once: where the charge points stand, and what was before it looked.
#include "app/api/layout.hpp"
#include "app/api/route.hpp"

namespace chargemill::app::api {
namespace {

void layout(const CallPtr& call) {
  call->answer(json_answer(layout_json(call->world.desk.topology())));
}

void series(const CallPtr& call) {
  if (!call->world.series) return call->refuse(503, "nobody keeps the series of this run");
  HttpResponse response;
  response.body = call->world.series();
  call->answer(std::move(response));
}

}  // namespace

std::vector<Route> series_routes() {
  std::vector<Route> table;
  table.push_back({"GET", "/api/v1/layout",
                   "Where the charge points stand: [zone's index, site, points], by id; `names` "
                   "unless they are CP-000001 and so on",
                   layout});
  table.push_back(
      {"GET", "/api/v1/series", "The run so far, in 2,880 rows at most: columns and rows", series});
  table.back().outcomes = {{503, "nobody keeps them"}};
  return table;
}

}  // namespace chargemill::app::api
