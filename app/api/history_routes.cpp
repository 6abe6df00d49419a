// What has happened, as the journal or the memory of the run has it: faults, health, sessions,
// tickets, statistics (D-172 to D-175, D-190).
#include <algorithm>
#include <type_traits>

#include "app/api/route.hpp"
#include "app/history/history_rows.hpp"
#include "app/history/history_times.hpp"

namespace chargemill::app::api {
namespace {

using archive::Filter;
using archive::Past;
using archive::UtcMicros;
using nlohmann::ordered_json;

constexpr const char* kTooMany = "too many questions are under way, try again later";

ordered_json objects_of(const Table& table) {
  auto rows = ordered_json::array();
  for (const auto& row : table.rows) {
    ordered_json one;
    for (std::size_t i = 0; i < row.size(); ++i) one[table.columns[i]] = row[i];
    rows.push_back(std::move(one));
  }
  return rows;
}

/// Readings are those of one charge point, and are never too many to look at.
template <class Rows>
constexpr bool kMayBeGivenUp = !std::is_same_v<Rows, const Result<std::vector<archive::MeterRow>>>;

/// Asks `read` of the past, on its thread, and answers with the rows under `name`.
template <class Read>
void ask(const CallPtr& call, const char* name, Read read) {
  if (!call->world.read_past) return call->refuse(503, call->world.no_past);
  const bool is_taken = call->world.read_past([call, name, read](Result<Past*> history) {
    if (!history) return call->refuse(503, history.error().text);
    const auto rows = read(**history);
    if (!rows) return call->refuse(503, rows.error().text);
    const Table table = to_table(*rows);
    if (table.is_single) return call->answer(json_answer(objects_of(table).front()));
    ordered_json answer{{name, objects_of(table)}};
    if constexpr (kMayBeGivenUp<decltype(rows)>) {
      if (const auto reached = (*history)->looked_back_to())
        answer["looked_back_to"] = time_text(*reached);
    }
    call->answer(json_answer(std::move(answer)));
  });
  if (!is_taken) call->refuse(503, kTooMany);
}

/// Nothing: since is after until, and that has been said.
std::optional<Filter> filter_of(const Call& call) {
  Filter filter;
  const auto& query = call.query;
  filter.point = query.text("cp");
  filter.driver = query.text("driver");
  filter.zone = query.id<ZoneId>("zone");
  filter.kind = query.text("kind") + query.text("status");  // a route has one of them
  filter.since = UtcMicros{query.whole("since", UtcMicros::min().count())};
  filter.until = UtcMicros{query.whole("until", UtcMicros::max().count())};
  filter.limit = static_cast<std::uint64_t>(query.whole("limit", kLimitDefault));
  if (filter.since <= filter.until) return filter;
  call.refuse(400, "since: is after until", "since");
  return std::nullopt;
}

void faults(const CallPtr& call) {
  if (const auto filter = filter_of(*call))
    ask(call, "faults", [filter](Past& past) { return past.faults(*filter); });
}

void health(const CallPtr& call) {
  if (const auto filter = filter_of(*call))
    ask(call, "health", [filter](Past& past) { return past.health(*filter); });
}

void sessions(const CallPtr& call) {
  if (const auto filter = filter_of(*call))
    ask(call, "sessions", [filter](Past& past) { return past.sessions(*filter); });
}

void tickets(const CallPtr& call) {
  if (const auto filter = filter_of(*call))
    ask(call, "tickets", [filter](Past& past) { return past.tickets(*filter); });
}

void meter(const CallPtr& call) {
  if (const auto filter = filter_of(*call))
    ask(call, "readings", [filter](Past& past) { return past.meter(*filter); });
}

void sessions_of_driver(const CallPtr& call) {
  auto filter = filter_of(*call);
  if (!filter) return;
  filter->driver = call->id;
  ask(call, "sessions", [filter](Past& past) { return past.sessions(*filter); });
}

void tickets_of_driver(const CallPtr& call) {
  auto filter = filter_of(*call);
  if (!filter) return;
  filter->driver = call->id;
  ask(call, "tickets", [filter](Past& past) { return past.tickets(*filter); });
}

void statistics(const CallPtr& call) {
  constexpr double kDaysMax = 36'500;
  const double days = call->query.get<double>("days").value_or(0);
  if (days > kDaysMax) return call->refuse(400, "days: must be from 0 to 36500", "days");
  UtcMicros since = UtcMicros::min();
  if (days > 0)
    since = call->world.now() -
            std::chrono::duration_cast<UtcMicros>(std::chrono::duration<double>{days * 86'400.0});
  ask(call, "stats", [point = call->query.text("cp"), since](Past& past) {
    return past.statistics(point, since);
  });
}

constexpr Parameter kPoint{"cp", Kind::text, "only of this charge point"};
constexpr Parameter kDriver{"driver", Kind::text, "only of this driver"};
constexpr Parameter kZone{"zone", Kind::zone, "only of this zone"};
constexpr Parameter kSince{"since", Kind::time, "not before: a time, or how long ago (15m)"};
constexpr Parameter kUntil{"until", Kind::time, "not after: likewise"};
constexpr Parameter kLimit{"limit", Kind::limit, "rows at most, the newest; 100 if left out"};
constexpr Parameter kSession{"status", Kind::session_status, "only those that stand so"};
constexpr Parameter kTicket{"status", Kind::ticket_status, "only those that stand so"};
constexpr Outcome kNone{503, "the journal cannot be read"};

Route get(std::string_view pattern, std::string_view summary, void (*handle)(const CallPtr&),
          std::vector<Parameter> query, Subject subject = Subject::nobody) {
  Route route{"GET", pattern, summary, handle, std::move(query)};
  route.subject = subject;
  route.outcomes = {kNone};
  return route;
}

}  // namespace

std::vector<Route> history_routes() {
  const Parameter kind{"kind", Kind::event_type, "only these"};
  const Parameter whose{"cp", Kind::text, "of this charge point", true};
  const Parameter days{"days", Kind::number, "only the last so many; 0: all"};
  return {
      get("/api/v1/faults", "Faults and recoveries, newest first (D-172)", faults,
          {kPoint, kZone, kind, kSince, kUntil, kLimit}),
      get("/api/v1/health", "Reports of one charge point, newest first (D-173)", health,
          {whose, kSince, kUntil, kLimit}),
      get("/api/v1/sessions", "Sessions, newest start first (D-174)", sessions,
          {kPoint, kDriver, kZone, kSession, kSince, kUntil, kLimit}),
      get("/api/v1/tickets", "Tickets, newest first (D-082)", tickets,
          {kPoint, kDriver, kZone, kTicket, kSince, kUntil, kLimit}),
      get("/api/v1/meter", "What sessions of one charge point had delivered by when, newest first",
          meter, {whose, kSince, kUntil, kLimit}),
      get("/api/v1/stats", "Counts of faults and recoveries (D-175)", statistics, {kPoint, days}),
      get("/api/v1/drivers/{id}/sessions/history", "Sessions of this driver, newest start first",
          sessions_of_driver, {kPoint, kSession, kSince, kUntil, kLimit}, Subject::driver),
      get("/api/v1/drivers/{id}/tickets", "Tickets of this driver, newest first", tickets_of_driver,
          {kPoint, kTicket, kSince, kUntil, kLimit}, Subject::driver),
  };
}

}  // namespace chargemill::app::api
