// One step of a shard under way, and what all its parts need of it.
#pragma once

#include "actors/central/shard.hpp"

namespace chargemill::central {

struct Turn {
  ShardState& state;
  SimTime now;
  ShardEffects& out;

  [[nodiscard]] PointRecord& point(std::uint32_t index) { return state.points[index]; }
  template <class M>
  void to_point(PointId id, const M& message) {
    out.push_back(ToPoint{id, message});
  }
  /// Tells the journal. What is told in a step lies there before anything else of the step is said,
  /// wherever it stands among the effects (D-177).
  template <class R>
  void record(const R& what) {
    if (state.settings.records) out.push_back(archive::Record{what});
  }
  [[nodiscard]] ZoneId zone(const PointRecord& one) const {
    return state.zones[one.zone_slot].zone;
  }
  [[nodiscard]] ZoneTotals& zone_totals(const PointRecord& one) {
    return state.zones[one.zone_slot].totals;
  }
  template <class M>
  void to_monitor(PointId id, const M& message) {
    out.push_back(ToMonitor{id, message});
  }
};

/// Brings all that follows from a record up to date: display counts, free points, the next check.
/// To be called once after a record has changed.
void refresh(Turn& turn, std::uint32_t index);
/// Tells central the numbers of free points that have changed.
void report_free(Turn& turn);

// An outcome for a point's breaker, counted.
void breaker_failed(Turn& turn, PointRecord& point);
void breaker_succeeded(Turn& turn, PointRecord& point);
/// Its breaker was `before`: records what it is now, if that is anything else.
void record_breaker(Turn& turn, const PointRecord& point, std::uint64_t before);

// One answer for each event; `index` is that of its point.
void on_status(Turn& turn, std::uint32_t index, const Status& e);
void on_telemetry(Turn& turn, std::uint32_t index, const Telemetry& e);
void on_end(Turn& turn, std::uint32_t index, const SessionEnd& e);
void on_fault(Turn& turn, std::uint32_t index, const FaultReport& e);
void on_healthy(Turn& turn, std::uint32_t index, const HealthyReport& e);
void on_order(Turn& turn, std::uint32_t index, const OperatorOrder& order);
/// Its monitor is not heard any more.
void lose_monitor(Turn& turn, std::uint32_t index);
/// A look at the record at the time that it was filed for: time-outs.
void check(Turn& turn, std::uint32_t index);

}  // namespace chargemill::central
