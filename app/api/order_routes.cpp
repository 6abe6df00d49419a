// POST /api/v1/charge-points/...: what operators and people at a charge point do.
#include "app/api/looks.hpp"

namespace chargemill::app::api {
namespace {

using nlohmann::ordered_json;

runtime::HttpResponse confirmation(const Call& call, const char* action) {
  return json_answer(
      {{"success", true}, {"cp_id", call.world.names.name(call.point)}, {"action", action}});
}
void confirm(const Call& call, const char* action) { call.answer(confirmation(call, action)); }

void order(const CallPtr& call, OperatorAction action, const char* word) {
  call->world.desk.order({call->point, action, false});
  answer_when_kept(call, call->point, confirmation(*call, word));
}
void order_all(const CallPtr& call, OperatorAction action, const char* word) {
  call->world.desk.order({PointId{}, action, true});
  const auto count = call->world.desk.points();
  auto answer = json_answer({{"success", true}, {"action", word}, {"count", count}});
  if (count == 0) return call->answer(std::move(answer));
  answer_when_kept(call, PointId{}, answer);
}

void stop(const CallPtr& call) { order(call, OperatorAction::stop, "stop"); }
void resume(const CallPtr& call) { order(call, OperatorAction::resume, "resume"); }
void stop_supply(const CallPtr& call) { order(call, OperatorAction::stop_supply, "stop-supply"); }
void shut_down(const CallPtr& call) { order(call, OperatorAction::shutdown, "shutdown"); }
void reset_breaker(const CallPtr& call) {
  order(call, OperatorAction::reset_breaker, "reset-breaker");
}
void stop_all(const CallPtr& call) { order_all(call, OperatorAction::stop, "stop"); }
void resume_all(const CallPtr& call) { order_all(call, OperatorAction::resume, "resume"); }

/// What is done at the charge point itself; false: it is outside, and that has been said.
bool is_here(const Call& call) {
  if (!call.world.desk.is_outside(call.point)) return true;
  call.refuse(409, "the charge point is outside: do it there");
  return false;
}

void plug(const CallPtr& call) {
  if (!is_here(*call)) return;
  call->world.desk.plug(call->point);
  confirm(*call, "plug");
}
void unplug(const CallPtr& call) {
  if (!is_here(*call)) return;
  call->world.desk.unplug(call->point);
  confirm(*call, "unplug");
}

void start(const CallPtr& call) {
  if (!is_here(*call)) return;
  StartHere what{};
  what.driver = call->body.id<DriverId>("driver_id").value_or(kNobody);
  const double kwh = call->body.get<double>("energy_kwh").value_or(0.0);
  constexpr double kMost = 1e6;
  if (kwh > kMost) return call->refuse(422, "energy_kwh: must be from 0 to 1e6", "energy_kwh");
  what.target = Energy{static_cast<std::int64_t>(kwh * static_cast<double>(kMillijoulesPerKwh))};
  // Whether it was let in comes back to nobody who could be told: so it is asked before.
  look_at(call, call->point, [call, what](const PointCopy& copy, SimTime) {
    if (copy.against.reason != Reason::none) return call->refuse(409, objection_text(copy.against));
    call->world.desk.start(call->point, what);
    confirm(*call, "start");
  });
}

void inject(const CallPtr& call) {
  if (!is_here(*call)) return;
  using director::FaultKind;
  director::Inject fault{};
  fault.point = call->point;
  // The words of Kind::injection stand in the order of the kinds that befall one point.
  static_assert(static_cast<int>(FaultKind::engine_crash) == 0 &&
                static_cast<int>(FaultKind::monitor_loss) == 4);
  fault.kind = static_cast<FaultKind>(call->body.whole("kind", 0));
  fault.duration = Nanos{call->body.whole("duration", 0)};
  call->world.desk.inject(fault);
  confirm(*call, "inject-fault");
}

void power_on(const CallPtr& call) {
  if (!is_here(*call)) return;
  call->world.desk.switch_on(call->point);
  confirm(*call, "power-on");
}

void simulate_fault(const CallPtr& call) {
  if (!is_here(*call)) return;
  call->world.desk.simulate_fault(call->point, call->body.get<bool>("on").value_or(true));
  confirm(*call, "simulate-fault");
}

Route at_point(std::string_view pattern, std::string_view summary, void (*handle)(const CallPtr&)) {
  Route route{"POST", pattern, summary, handle};
  route.subject = Subject::point;
  route.body_form = Body::fields;
  route.is_change = true;
  return route;
}

/// The same, of an order: it is answered when it is on disk.
Route order_at_point(std::string_view pattern, std::string_view summary,
                     void (*handle)(const CallPtr&)) {
  Route route = at_point(pattern, summary, handle);
  route.outcomes = {kNotSeenKept};
  return route;
}

}  // namespace

std::vector<Route> order_routes() {
  std::vector<Route> table;
  table.push_back(
      order_at_point("/api/v1/charge-points/stop", "Take all out of order (D-076)", stop_all));
  table.back().subject = Subject::nobody;
  table.push_back(
      order_at_point("/api/v1/charge-points/resume", "Put all in order again (D-077)", resume_all));
  table.back().subject = Subject::nobody;
  table.push_back(order_at_point("/api/v1/charge-points/{id}/stop",
                                 "Take it out of order until resume; a running supply ends (D-076)",
                                 stop));
  table.push_back(order_at_point("/api/v1/charge-points/{id}/resume",
                                 "Put it in order again (D-077); an engine that was shut down is "
                                 "switched on by power-on",
                                 resume));
  table.push_back(
      order_at_point("/api/v1/charge-points/{id}/stop-supply",
                     "End the supply, the session is completed; the charge point stays in "
                     "order (D-079)",
                     stop_supply));
  table.push_back(order_at_point("/api/v1/charge-points/{id}/shutdown",
                                 "Let its engine end cleanly (D-080); power-on brings it back",
                                 shut_down));
  table.push_back(at_point("/api/v1/charge-points/{id}/power-on",
                           "Switch its engine on again (D-089); one that runs is not disturbed",
                           power_on));
  table.push_back(order_at_point("/api/v1/charge-points/{id}/reset-breaker",
                                 "Close its circuit breaker (D-157)", reset_breaker));
  table.push_back(at_point("/api/v1/charge-points/{id}/plug", "Plug the vehicle in (D-106)", plug));
  table.push_back(
      at_point("/api/v1/charge-points/{id}/unplug", "Unplug the vehicle (D-106)", unplug));
  table.push_back(at_point("/api/v1/charge-points/{id}/start",
                           "Start a supply at its own menu (D-106)", start));
  table.back().outcomes = {
      {409,
       "the charge point is not available, the text says why; or virtual time: nobody outside may "
       "change anything"}};
  table.back().body = {{"driver_id", Kind::driver, "whose ticket it is; left out: nobody's"},
                       {"energy_kwh", Kind::number, "it ends then; left out: no limit"}};
  table.push_back(at_point("/api/v1/charge-points/{id}/simulate-fault",
                           "Let its monitor act as if its checks failed, or no longer (D-120)",
                           simulate_fault));
  table.back().body = {{"on", Kind::flag, "true if left out"}};
  table.push_back(
      at_point("/api/v1/charge-points/{id}/inject-fault", "Let a fault befall it now", inject));
  table.back().body = {
      {"kind", Kind::injection, "which", true},
      {"duration", Kind::duration, "30s if left out; a crash: until its supervisor restarts it"}};
  return table;
}

}  // namespace chargemill::app::api
