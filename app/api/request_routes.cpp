// /api/v1/drivers/{id}/requests: what a driver is asked to do by hand (D-128, F-35).
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "actors/texts.hpp"
#include "app/api/denials.hpp"
#include "app/api/point_json.hpp"
#include "app/history/history_times.hpp"

namespace chargemill::app::api {
namespace {

using driver::HandAnswer;
using driver::HandVerdict;
using network::HandRequest;
using nlohmann::ordered_json;

constexpr const char* kTooMany = "too many requests wait for their driver, try again later";
constexpr const char* kNotOpen = "no such request of this driver is open";

ordered_json or_null(bool is_there, std::string text) {
  return is_there ? ordered_json(std::move(text)) : ordered_json(nullptr);
}

std::string_view status_of(const HandRequest& request) {
  if (request.has_timed_out) return "timed_out";
  return request.last ? chargemill::word(request.last->status) : std::string_view{"pending"};
}

/// A DriverUpdate (D-024) that may not have come yet, and what the session has delivered.
ordered_json json_of(const World& world, const HandRequest& request) {
  const auto& names = world.names;
  const DriverUpdate update = request.last.value_or(DriverUpdate{});
  const PointId point =
      request.last && update.point != kUnknownPoint ? update.point : request.trip.point;
  const bool has_session = request.last && update.session != SessionId::none;
  const std::string reason = request.last ? update_text(update) : std::string{};
  const Price price = point == kUnknownPoint ? Price{} : world.desk.spec(point).price;
  return {
      {"request_id", names.name(request.id)},
      {"driver_id", names.name(request.driver)},
      {"cp_id", or_null(point != kUnknownPoint, point == kUnknownPoint ? "" : names.name(point))},
      {"status", status_of(request)},
      {"reason", or_null(!reason.empty(), reason)},
      {"session_id", or_null(has_session, names.name(update.session))},
      {"kwh", kilowatt_hours(update.delivered)},
      {"euros", euros(update.cost, update.delivered, price)},
      {"ts", time_text(world.utc(request.at))}};
}

constexpr const char* kElsewhere =
    "the driver lives on another node, where nobody asks by hand (/api/v1/nodes)";

/// Why the driver did not take it; a status and a text.
std::pair<unsigned, std::string> objection(const World& world, const HandAnswer& answer) {
  switch (answer.verdict) {
    case HandVerdict::busy:
      return {409,
              fmt::format("request {} of this driver is open", world.names.name(answer.request))};
    case HandVerdict::undecided:
      return {409, "it is not decided yet which charge point it is about: try again"};
    case HandVerdict::no_central:
      return {503, "central cannot be reached, try again later"};
    case HandVerdict::away:
      return {409, "the driver is away"};
    case HandVerdict::not_free:
      return {409,
              "this driver takes no requests from here: it belongs to the scenario's load, or is "
              "outside; POST /api/v1/drivers adds one that does"};
    case HandVerdict::halted:
      return {409, "the run is about to end"};
    case HandVerdict::elsewhere:
      return {409, kElsewhere};
    case HandVerdict::not_open:
    case HandVerdict::taken:
      break;
  }
  return {404, kNotOpen};
}

/// Nothing: it is not said where, or twice, and that has been said.
std::optional<Trip> trip_of(const Call& call) {
  const auto point = call.body.id<PointId>("cp_id");
  const auto zone = call.body.id<ZoneId>("zone");
  if (point.has_value() == zone.has_value()) {
    call.refuse(422, "cp_id: name a charge point, or a zone", "cp_id");
    return std::nullopt;
  }
  constexpr double kMostKwh = 1e6;
  const double kwh = call.body.get<double>("energy_kwh").value_or(0.0);
  if (kwh > kMostKwh) {
    call.refuse(422, "energy_kwh: must be from 0 to 1e6", "energy_kwh");
    return std::nullopt;
  }
  Trip trip{};
  trip.due = call.world.desk.engine().reached();
  trip.target = Energy{std::llround(kwh * static_cast<double>(kMillijoulesPerKwh))};
  trip.stay = Nanos{call.body.whole("stay", 0)};
  trip.point = point.value_or(kUnknownPoint);
  trip.zone = zone.value_or(ZoneId{});
  trip.any_in_zone = zone.has_value();
  return trip;
}

/// Brings a driver's answer to the API's own thread.
network::HandBook::Done on_own_thread(
    const CallPtr& call,
    std::function<void(const HandAnswer&, const std::optional<HandRequest>&)> use) {
  return [later = call->world.later, use = std::move(use)](
             const HandAnswer& answer, const std::optional<HandRequest>& asked) {
    (void)later([use, answer, asked] { use(answer, asked); });
  };
}

void ask(const CallPtr& call) {
  if (call->world.desk.is_elsewhere(call->driver)) return call->refuse(409, kElsewhere);
  const auto trip = trip_of(*call);
  if (!trip) return;
  auto tell = [call](const HandAnswer& answer, const std::optional<HandRequest>& asked) {
    if (!asked) {
      const auto [status, why] = objection(call->world, answer);
      return call->refuse(status, why);
    }
    auto response = json_answer(json_of(call->world, *asked), 202);
    response.headers.push_back(
        {"Location", fmt::format("/api/v1/drivers/{}/requests/{}", percent_encoded(call->id),
                                 call->world.names.name(asked->id))});
    call->answer(std::move(response));
  };
  if (!call->world.desk.ask_by_hand(call->driver, *trip, on_own_thread(call, std::move(tell))))
    call->refuse(503, kTooMany);
}

void give_up(const CallPtr& call, RequestId request) {
  if (call->world.desk.is_elsewhere(call->driver)) return call->refuse(409, kElsewhere);
  auto tell = [call](const HandAnswer& answer, const std::optional<HandRequest>&) {
    if (answer.verdict != HandVerdict::taken) {
      const auto [status, why] = objection(call->world, answer);
      return call->refuse(status, why);
    }
    HttpResponse done;
    done.status = 204;
    call->answer(std::move(done));
  };
  if (!call->world.desk.cancel_by_hand(call->driver, request, on_own_thread(call, std::move(tell))))
    call->refuse(503, kTooMany);
}

void give_up_present(const CallPtr& call) { give_up(call, RequestId::none); }

void give_up_named(const CallPtr& call) {
  const auto request = call->world.names.find_request(call->request);
  if (!request || *request == RequestId::none) return call->refuse(404, kNotOpen);
  give_up(call, *request);
}

/// One that is open or was denied, in the form of those by hand.
ordered_json as_request(const ordered_json& row, Energy delivered = {}, double cost = 0) {
  const auto of = [&row](const char* key) { return row.value(key, ordered_json()); };
  return {{"request_id", of("request_id")},
          {"driver_id", of("driver_id")},
          {"cp_id", of("cp_id")},
          {"status", of("status")},
          {"reason", of("reason")},
          {"session_id", of("session_id")},
          {"kwh", kilowatt_hours(delivered)},
          {"euros", cost},
          {"ts", of("ts")}};
}

/// What was asked for here, what it has open by itself, and what it was denied of late.
void list(const CallPtr& call) {
  DenialFilter filter;
  filter.driver = call->driver;
  filter.limit = static_cast<std::size_t>(call->query.whole("limit", kLimitDefault));
  look_for_denials(call, filter, [call, limit = filter.limit](const DenialsFound& found) {
    const World& world = call->world;
    std::vector<ordered_json> rows;
    std::set<std::string> known;  // by hand it says more
    for (const auto& request : world.desk.hand_book().of(call->driver, limit)) {
      rows.push_back(json_of(world, request));
      known.insert(rows.back()["request_id"].get<std::string>());
    }
    const auto add = [&](ordered_json row) {
      const auto& id = row["request_id"];  // null: it began at the charge point itself
      if (id.is_null() || known.insert(id.get<std::string>()).second)
        rows.push_back(std::move(row));
    };
    if (found.open) {
      const auto& record = found.open->record;
      add(as_request(request_json(world, *found.open, true), record.delivered,
                     euros(record.cost, record.delivered, record.price)));
    }
    for (const auto& denial : found.denials) add(as_request(denial_json(world, denial)));
    // RFC 3339 in UTC sorts as text.
    std::stable_sort(rows.begin(), rows.end(), [](const ordered_json& a, const ordered_json& b) {
      return a["ts"].get_ref<const std::string&>() > b["ts"].get_ref<const std::string&>();
    });
    if (rows.size() > limit) rows.resize(limit);
    call->answer(json_answer({{"requests", std::move(rows)}}));
  });
}

void show(const CallPtr& call) {
  const auto id = call->world.names.find_request(call->request);
  const auto request =
      id ? call->world.desk.hand_book().find(call->driver, *id) : std::optional<HandRequest>{};
  if (!request) return call->refuse(404, "no such request of this driver is known");
  call->answer(json_answer(json_of(call->world, *request)));
}

Route of_driver(std::string_view method, std::string_view pattern, std::string_view summary,
                void (*handle)(const CallPtr&)) {
  Route route{method, pattern, summary, handle};
  route.subject = Subject::driver;
  route.is_change = method != "GET";
  return route;
}

constexpr Outcome kDeclined{
    409,
    "the driver cannot, the text says why; or virtual time: nobody outside may change anything"};
constexpr std::string_view kAll = "/api/v1/drivers/{id}/requests";
constexpr std::string_view kOne = "/api/v1/drivers/{id}/requests/{request}";

}  // namespace

std::vector<Route> request_routes() {
  std::vector<Route> table;
  table.push_back(
      of_driver("GET", kAll,
                "Requests of this driver, newest first: those asked for here, the one that is "
                "open, and those denied of late",
                list));
  table.back().query = {{"limit", Kind::limit, "rows at most, 100 if left out"}};
  table.push_back(of_driver("POST", kAll, "The driver asks for a charge (D-128)", ask));
  table.back().success = 202;
  table.back().body_form = Body::fields;
  table.back().body = {{"cp_id", Kind::point, "at this charge point; or zone"},
                       {"zone", Kind::zone, "at any that is free there"},
                       {"energy_kwh", Kind::number, "it ends then; left out: no limit"},
                       {"stay", Kind::duration, "or then; left out: no limit"}};
  table.back().outcomes = {kDeclined};
  table.push_back(of_driver("DELETE", kAll,
                            "The driver gives its open request up; a session ends "
                            "completed (D-125)",
                            give_up_present));
  table.back().success = 204;
  table.back().outcomes = {kDeclined, {404, "no such driver, or nothing of it is open"}};
  table.push_back(of_driver("GET", kOne, "How this request stands", show));
  table.back().outcomes = {{404, "no such driver, or request of it"}};
  table.push_back(of_driver("DELETE", kOne, "The same of this request only", give_up_named));
  table.back().success = 204;
  table.back().outcomes = {kDeclined, {404, "no such driver, or it is not open"}};
  return table;
}

}  // namespace chargemill::app::api
