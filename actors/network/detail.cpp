#include "actors/network/detail.hpp"

#include <algorithm>

#include "actors/network/here.hpp"
#include "actors/network/network.hpp"

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

}  // namespace

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
  return d;
}

}  // namespace chargemill::network
