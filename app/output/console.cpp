#include "app/output/console.hpp"

#include <fmt/format.h>

#include "actors/driver/console.hpp"
#include "actors/texts.hpp"
#include "runtime/base/overloaded.hpp"

namespace chargemill::app {
namespace {

constexpr std::size_t kFollowedMax = 100;  // charge points

std::string clock_text(SimTime at) {
  const auto whole =
      std::chrono::duration_cast<std::chrono::seconds>(at.time_since_epoch()).count();
  return fmt::format("{:02}:{:02}:{:02}", whole / 3'600, whole / 60 % 60, whole % 60);
}

std::string ticket_line(const Ticket& t, const ConsoleNames& names) {
  return fmt::format("🧾 Driver {} | {} | {} | {} kWh, €{}{}", names.driver(t.driver),
                     names.point(t.point), word(t.status), fixed(kilowatt_hours(t.delivered), 2),
                     fixed(euros(t.cost), 2), t.correction ? " (corrected)" : "");
}

std::string monitor_line(const MonitorNote& note, const ConsoleNames& names) {
  auto who = "MON-" + names.point(note.point);
  switch (note.code) {
    case monitor::NoteCode::fault_found:
      return fmt::format("⚠️ {} | FAULT | {}", who, word(Reason::health_check_failed));
    case monitor::NoteCode::recovery_found:
      return fmt::format("✔️ {} | HEALTHY | {}", who, word(Reason::health_check_restored));
    case monitor::NoteCode::central_lost:
      return fmt::format("⚠️ {} | {}", who, driver::no_central_line());
    case monitor::NoteCode::central_back:
      return fmt::format("✔️ {} | CENTRAL is back", who);
  }
  return who;
}

std::string list_line(const PointList& list, const ConsoleNames& names) {
  std::string text;
  for (std::size_t i = 0; i < list.count; ++i) {
    const PointId id = list.points[i];
    text += fmt::format("{}{} ({})", i == 0 ? "" : ", ", names.point(id), names.offer(id));
  }
  return fmt::format("ℹ️ Driver {} | AVAILABLE | {}{}", names.driver(list.driver),
                     list.count == 0 ? "none" : text, list.is_complete ? "" : ", ...");
}

/// Why a start at the point is refused: in central's words, or in its own.
std::string refusal_of(const charge_point::Note& note) {
  if (note.reason == Reason::none) return refusal_text(note.refusal, note.phase, note.command);
  DriverUpdate update{};
  update.reason = note.reason;
  update.phase = note.phase;
  return update_text(update);
}

std::string point_line(const PointNote& e, const ConsoleNames& names) {
  const auto who = names.point(e.point);
  switch (e.note.code) {
    case charge_point::NoteCode::phantom_start:
      return fmt::format("⚠️ {} | Dropped an old {}: it starts nothing", who,
                         word(e.note.command));
    case charge_point::NoteCode::local_start_refused:
      return fmt::format("❌ {} | Refused the start at the point: {}", who, refusal_of(e.note));
    default:
      return fmt::format("⚠️ {} | Refused {}: {}", who, word(e.note.command),
                         refusal_of(e.note));
  }
}

std::string totals_line(const PointTotals& e, const ConsoleNames& names) {
  const auto& t = e.totals;
  return fmt::format(
      "ℹ️ {} | SESSION OVER | {} kWh, €{} in {} s | {} | {}", names.point(e.point),
      fixed(kilowatt_hours(t.delivered), 2), fixed(euros(cost_of(t.delivered, e.price)), 2),
      fixed(std::chrono::duration<double>(t.lasted).count(), 1), word(t.status), word(t.reason));
}

std::string lost_line(const ActorLost& lost, const ConsoleNames& names) {
  const auto who = [&] {
    switch (lost.kind) {
      case ActorKind::charge_point:
        return names.point(PointId{lost.index});
      case ActorKind::monitor:
        return "MON-" + names.point(PointId{lost.index});
      case ActorKind::driver:
        return "Driver " + names.driver(DriverId{lost.index});
      case ActorKind::shard:
        return fmt::format("Shard {}", lost.index);
      case ActorKind::central:
        return std::string{"Central"};
      case ActorKind::fleet:
        return fmt::format("Fleet {}", lost.index);
      case ActorKind::director:
        break;
    }
    return fmt::format("Director {}", lost.index);
  }();
  return fmt::format("⚠️ {} | failed too often: given up", who);
}

}  // namespace

std::string console_line(const ConsoleNotice& notice, const ConsoleNames& names) {
  const auto text = std::visit(
      Overloaded{[&](const DriverUpdate& u) {
                   return driver::update_line(names.driver(u.driver), names.point(u.point),
                                              u.status, update_text(u));
                 },
                 [&](const Ticket& t) { return ticket_line(t, names); },
                 [&](const PointList& list) { return list_line(list, names); },
                 [&](const PointNote& e) { return point_line(e, names); },
                 [&](const PointTotals& e) { return totals_line(e, names); },
                 [&](const ActorLost& e) { return lost_line(e, names); },
                 [&](const RequestTimedOut& e) {
                   return "⚠️ Driver " + names.driver(e.driver) + " | " +
                          driver::timed_out_line(fmt::format("req-{:08x}", index_of(e.request)),
                                                 e.timeout);
                 },
                 [&](const LinesFinished& e) {
                   return "Driver " + names.driver(e.driver) + " | " +
                          driver::finished_line(e.done, e.total);
                 },
                 [&](const DriverAlone& e) {
                   return "⚠️ Driver " + names.driver(e.driver) + " | " +
                          std::string{driver::no_central_line()};
                 },
                 [&](const MonitorNote& e) { return monitor_line(e, names); },
                 [&](const PointAlone& e) {
                   return e.back ? fmt::format("✔️ {} | CENTRAL is back", names.point(e.point))
                                 : fmt::format("⚠️ {} | {}", names.point(e.point),
                                               driver::no_central_line());
                 }},
      notice.what);
  return clock_text(notice.at) + " " + text;
}

ConsoleNames names_of(const network::Scenario& scenario, const network::Topology& topology) {
  const auto& named = scenario.drivers.named;
  return {[&topology](PointId id) {
            return index_of(id) < topology.points.size() ? topology.point_name(id)
                                                         : std::string{"(unknown)"};
          },
          [&named](DriverId id) {
            return index_of(id) < named.size() ? named[index_of(id)].id
                                               : fmt::format("DRV-{:06}", index_of(id) + 1);
          },
          [&topology](PointId id) {
            if (index_of(id) >= topology.points.size()) return std::string{"?"};
            const auto& point = topology.points[index_of(id)];
            return fmt::format("{} kW, €{}/kWh", fixed(kilowatts(point.power), 1),
                               fixed(euros_per_kwh(point.price), 2));
          }};
}

bool shows_consoles(const std::string& setting, const network::Scenario& scenario) {
  if (setting != "auto") return setting == "on";
  const std::size_t points = scenario.network.points.empty() ? scenario.network.charge_points
                                                             : scenario.network.points.size();
  return !scenario.drivers.named.empty() && points <= kFollowedMax;
}

}  // namespace chargemill::app
