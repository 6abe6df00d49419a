#include "app/api/event_text.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "actors/archive/history.hpp"
#include "actors/network/topology.hpp"
#include "actors/texts.hpp"
#include "app/history/history_times.hpp"
#include "runtime/base/overloaded.hpp"

namespace chargemill::app::api {
namespace {

using nlohmann::ordered_json;

struct Event {
  const char* name = nullptr;
  ordered_json data;
};

std::string session_name(SessionId id) { return fmt::format("session-{:08x}", index_of(id)); }

ordered_json driver_or_null(const archive::Found& found) {
  return found.names.driver.empty() ? ordered_json() : ordered_json(found.names.driver);
}

Event of(const archive::Fault& r) {
  const bool is_fault = r.type == archive::EventType::fault;
  return {is_fault ? "fault" : "recovery", {{"reason", word(r.reason)}}};
}

Event of(const archive::SessionEnd& r, const archive::Found& found) {
  return {r.is_correction ? "session_corrected" : "session_ended",
          {{"session_id", session_name(r.session)},
           {"driver_id", driver_or_null(found)},
           {"status", word(r.status)},
           {"energy_kwh", kilowatt_hours(r.delivered)},
           {"total_cost_eur", euros(r.cost)}}};
}

Event event_of(const archive::Found& found) {
  return std::visit(
      Overloaded{
          [](const archive::Fault& r) { return of(r); },
          [&](const archive::SessionStart& r) {
            return Event{
                "session_started",
                {{"session_id", session_name(r.session)}, {"driver_id", driver_or_null(found)}}};
          },
          [&](const archive::SessionEnd& r) { return of(r, found); },
          [](const archive::OperatorState& r) {
            return Event{r.is_stopped ? "stopped" : "resumed", ordered_json::object()};
          },
          [](const archive::Health& r) {
            return Event{"state", {{"state", word(r.phase)}, {"reason", word(r.reason)}}};
          },
          [](const auto&) { return Event{}; },
      },
      found.record);
}

/// The end of a supply is the session's; a fault is its monitor's to tell. That it supplies a point
/// also says of a supply that goes on; one outside may begin it in its own words (none).
const char* message_of(const archive::Health& r) {
  if (r.reason == Reason::refused) return "refused";
  const bool begins = r.reason == Reason::starting_supply || r.reason == Reason::none;
  return begins && r.phase == Phase::supplying ? "started" : nullptr;
}

/// What people call it; null: of no interest to them.
const char* message_of(const archive::Found& found) {
  return std::visit(
      Overloaded{
          [](const archive::Fault& r) {
            return r.type == archive::EventType::fault ? "fault" : "recovery";
          },
          [](const archive::SessionStart&) { return "accepted"; },
          [](const archive::SessionEnd& r) { return r.is_correction ? "corrected" : "ended"; },
          [](const archive::OperatorState& r) { return r.is_stopped ? "stopped" : "resumed"; },
          [](const archive::Health& r) { return message_of(r); },
          [](const auto&) -> const char* { return nullptr; },
      },
      found.record);
}

}  // namespace

nlohmann::ordered_json message_json(const archive::Found& found) {
  const char* const name = message_of(found);
  if (name == nullptr) return nullptr;
  ordered_json row{{"id", found.sequence},
                   {"ts", time_text(found.time)},
                   {"event", name},
                   {"cp_id", found.names.point}};
  row.update(event_of(found).data);
  return row;
}

std::string event_text(const archive::Found& found, const archive::Position& at) {
  const Event event = event_of(found);
  if (event.name == nullptr) return {};
  ordered_json data{{"ts", time_text(found.time)}, {"cp_id", found.names.point}};
  data.update(event.data);
  // One line: JSON escapes line ends.
  return fmt::format("id: {}\nevent: {}\ndata: {}\n\n", archive::to_text(at), event.name,
                     data.dump(-1, ' ', false, ordered_json::error_handler_t::replace));
}

}  // namespace chargemill::app::api
