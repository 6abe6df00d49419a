#include "actors/network/detail.hpp"

#include <algorithm>

#include "actors/network/here.hpp"
#include "actors/network/network.hpp"
#include "actors/shell/label.hpp"

namespace chargemill::network {
namespace {

template <std::size_t N>
void add(std::array<std::uint64_t, N>& to, const std::array<std::uint64_t, N>& from) {
  for (std::size_t i = 0; i < N; ++i) to[i] += from[i];
}

void add(central::ZoneTotals& to, const central::ZoneTotals& from) {
  add(to.display, from.display);
  to.sessions_started += from.sessions_started;
  to.sessions_completed += from.sessions_completed;
  to.sessions_failed += from.sessions_failed;
  to.energy_booked_mj += from.energy_booked_mj;
  to.power_w += from.power_w;
}

void add(central::WatchTotals& to, const central::WatchTotals& from) {
  add(to.breakers, from.breakers);
  add(to.monitors, from.monitors);
  to.repeated_faults += from.repeated_faults;
  add(to.raised, from.raised);
  add(to.notified, from.notified);
  add(to.recovered, from.recovered);
}

void take(std::vector<Slow>& to, const SlowestRecorder& from, SimTime now) {
  for (const auto& sample : from.samples(now))
    to.push_back({sample.lasted, sample.at, sample.about, 0});
}

/// Whom a timer's actor is named by.
Concerned whom(std::uint64_t label_word) {
  Concerned result;
  const auto label = label_from(label_word);
  if (!label) return result;
  if (label->kind == ActorKind::driver) result.driver = DriverId{label->index};
  if (label->kind == ActorKind::charge_point || label->kind == ActorKind::monitor)
    result.point = PointId{label->index};
  return result;
}

}  // namespace

std::string_view word(Latency latency) noexcept {
  constexpr std::array<std::string_view, kLatencies> kWords{"request_decision", "session_start",
                                                            "fault_detection", "tick_lateness"};
  return kWords[static_cast<std::size_t>(latency)];
}

std::array<std::uint64_t, director::kFaultKinds> Network::injected_by_kind() const {
  constexpr auto kFirst = static_cast<std::size_t>(Metric::first_injected);
  static_assert(static_cast<std::size_t>(Metric::last_injected) ==
                kFirst + director::kFaultKinds - 1);
  std::array<std::uint64_t, director::kFaultKinds> counts{};
  for (std::size_t k = 0; k < counts.size(); ++k)
    counts[k] = runtime::total(instruments_, static_cast<Metric>(kFirst + k));
  return counts;
}

void add(Detail& to, const Detail& from) {
  if (to.zones.size() < from.zones.size()) to.zones.resize(from.zones.size());
  for (std::size_t z = 0; z < from.zones.size(); ++z) add(to.zones[z], from.zones[z]);
  add(to.watch, from.watch);
  add(to.actors, from.actors);
  add(to.injected, from.injected);
  to.any_accepted += from.any_accepted;
  to.any_denied += from.any_denied;
  to.any_timed_out += from.any_timed_out;
  for (std::size_t i = 0; i < kLatencies; ++i) {
    to.slowest[i].insert(to.slowest[i].end(), from.slowest[i].begin(), from.slowest[i].end());
    runtime::keep_slowest(to.slowest[i], kSlowestMax);
  }
}

Slowest Network::slowest() const {
  Slowest result;
  const auto of = [&result](Latency latency) -> std::vector<Slow>& {
    return result[static_cast<std::size_t>(latency)];
  };
  const SimTime now = engine_.reached();
  for (const auto& instruments : instruments_) {
    take(of(Latency::request_decision), instruments->slowest_decisions, now);
    take(of(Latency::session_start), instruments->slowest_starts, now);
    take(of(Latency::fault_detection), instruments->slowest_detections, now);
  }
  for (unsigned w = 0; w < engine_.workers(); ++w) {
    for (const auto& tick : engine_.worker(w).slowest_ticks().samples(now))
      of(Latency::tick_lateness).push_back({tick.lasted, tick.at, whom(tick.about), tick.about});
  }
  for (auto& list : result) runtime::keep_slowest(list, kSlowestMax);
  return result;
}

Detail Network::detail() const {
  Detail d;
  d.zones.resize(topology_.zones);
  each_here(shards_, [&d](const auto* shard) {
    shard->for_each_zone([&](ZoneId zone, const central::ZoneTotals& totals) {
      if (index_of(zone) >= d.zones.size()) d.zones.resize(index_of(zone) + std::size_t{1});
      add(d.zones[index_of(zone)], totals);
    });
    add(d.watch, shard->watch());
  });
  // Monitors that are actors find by health checks only.
  d.watch.raised[static_cast<std::size_t>(central::FaultCause::health_check)] +=
      runtime::total(instruments_, Metric::faults_raised);
  std::copy(actors_here_.begin(), actors_here_.end(), d.actors.begin());
  d.injected = injected_by_kind();
  d.any_accepted = runtime::total(instruments_, Metric::any_accepted);
  d.any_denied = runtime::total(instruments_, Metric::any_denied);
  d.any_timed_out = runtime::total(instruments_, Metric::any_timed_out);
  d.slowest = slowest();
  return d;
}

}  // namespace chargemill::network
