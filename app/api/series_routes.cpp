// What the dashboard asks of a run: where the charge points stand, what was before it looked, what
// was logged, how it is set up.
#include "app/api/layout.hpp"
#include "app/api/route.hpp"

namespace chargemill::app::api {
namespace {

void layout(const CallPtr& call) {
  call->answer(json_answer(layout_json(call->world.desk.topology(), call->world.desk.annex())));
}

/// JSON that somebody else keeps; `why_not`: what to say if nobody does.
void pass_on(const CallPtr& call, const std::function<std::string()>& kept, const char* why_not) {
  if (!kept) return call->refuse(503, why_not);
  HttpResponse response;
  response.body = kept();
  call->answer(std::move(response));
}

void series(const CallPtr& call) {
  pass_on(call, call->world.series, "nobody keeps the series of this run");
}
void log(const CallPtr& call) {
  pass_on(call, call->world.log, "nobody keeps the log of this run");
}
void config(const CallPtr& call) {
  pass_on(call, call->world.config, "nobody knows the configuration of this run");
}

}  // namespace

std::vector<Route> series_routes() {
  std::vector<Route> table;
  table.push_back({"GET", "/api/v1/layout",
                   "Where the charge points stand: [zone's index, site, points], by id; `names` "
                   "unless they are CP-000001 and so on; `joined`: who came since",
                   layout});
  table.push_back(
      {"GET", "/api/v1/series", "The run so far, in 2,880 rows at most: columns and rows", series});
  table.back().outcomes = {{503, "nobody keeps them"}};
  table.push_back(
      {"GET", "/api/v1/log", "The newest 1,000 lines of the run's log, newest first", log});
  table.back().outcomes = {{503, "nobody keeps them"}};
  table.push_back({"GET", "/api/v1/config",
                   "Every key of the scenario: value, default, and where the value came from",
                   config});
  table.back().outcomes = {{503, "nobody knows it"}};
  return table;
}

}  // namespace chargemill::app::api
