#include "actors/network/topology.hpp"

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "actors/network/placement.hpp"
#include "runtime/base/assert.hpp"
#include "runtime/base/digest.hpp"

namespace chargemill::network {
namespace {

/// Draws from a mix by its weights.
template <class T>
T draw(const std::vector<Share<T>>& mix, RandomStream& random) {
  double total = 0;
  for (const auto& share : mix) total += share.weight;
  double left = random.uniform() * total;
  for (const auto& share : mix) {
    left -= share.weight;
    if (left < 0) return share.value;
  }
  return mix.back().value;
}

void place_points(const Scenario& scenario, Topology& t) {
  const auto& n = scenario.network;
  if (!n.points.empty()) {
    t.points = n.points;
    for (const auto& p : t.points) {
      t.zones = std::max<std::uint32_t>(t.zones, index_of(p.zone) + 1U);
      t.sites = std::max(t.sites, index_of(p.site) + 1U);
    }
    return;
  }
  t.zones = generated_zones(scenario);
  t.sites = generated_sites(scenario);
  t.points.resize(n.charge_points);
  for (std::uint32_t i = 0; i < n.charge_points; ++i) {
    RandomStream random{scenario.run.seed, i, Purpose::topology};
    auto& p = t.points[i];
    const auto site = static_cast<std::uint32_t>(std::uint64_t{i} * t.sites / n.charge_points);
    p.site = SiteId{site};
    p.zone = ZoneId{static_cast<std::uint16_t>(std::uint64_t{site} * t.zones / t.sites)};
    p.power = draw(n.power_mix, random);
    p.price = draw(n.price_mix, random);
  }
}

/// The first point of generated site `site`, or one past the last.
std::uint32_t begin_of_site(const Topology& t, std::uint64_t site) {
  return static_cast<std::uint32_t>((site * t.points.size() + t.sites - 1) / t.sites);
}

// In order, as evenly as may be.
void divide_among_shards(const Scenario& scenario, Topology& t) {
  const auto points = static_cast<std::uint32_t>(t.points.size());
  const bool is_generated = scenario.network.points.empty() && points > 0;
  const std::uint32_t parts = shard_parts(scenario);
  const std::uint32_t count = shards_of(scenario);
  t.shards.resize(count);
  std::uint32_t at = 0;
  for (std::uint32_t s = 0; s < count; ++s) {
    const std::uint64_t part = std::uint64_t{parts} * (s + 1) / count;
    const auto end = is_generated ? begin_of_site(t, part) : static_cast<std::uint32_t>(part);
    t.shards[s].first_point = at;
    t.shards[s].points = end - at;
    at = end;
  }
  CHARGEMILL_ASSERT(at == points);
}

std::unordered_map<std::string, PointId> index_names(const Topology& t) {
  std::unordered_map<std::string, PointId> index;
  index.reserve(t.points.size());
  for (std::uint32_t i = 0; i < t.points.size(); ++i)
    index.emplace(t.point_name(PointId{i}), PointId{i});
  return index;
}

std::uint32_t shard_owning(const Topology& t, PointId point) {
  const auto after =
      std::upper_bound(t.shards.begin(), t.shards.end(), index_of(point),
                       [](std::uint32_t p, const ShardSeat& s) { return p < s.first_point; });
  return static_cast<std::uint32_t>(after - t.shards.begin()) - 1;
}

std::optional<PointFilter> filter_of(const DriverSpec& spec) {
  if (!spec.looks) return std::nullopt;
  PointFilter filter;
  filter.any_zone = !spec.looks_zone;
  filter.zone = spec.looks_zone.value_or(filter.zone);
  filter.power_min = spec.looks_power.value_or(filter.power_min);
  filter.price_max = spec.looks_price.value_or(filter.price_max);
  return filter;
}

/// Until central knows the last charge point: it is on, its monitor has registered, its engine has
/// reported. Who asked earlier would be denied (DISCONNECTED), which D-211 does not mean.
Nanos first_wait(const Scenario& scenario) {
  return start_spread(scenario) +
         std::max<Nanos>(std::chrono::seconds{1}, 3 * scenario.network.control_latency);
}

void seat_named_drivers(const Scenario& scenario, Topology& t) {
  const auto& d = scenario.drivers;
  if (d.named.empty()) return;
  const auto names = index_names(t);
  for (const auto& spec : d.named) {
    driver::Plan plan;
    plan.pause = spec.pause.value_or(d.pause);
    plan.timeout = spec.is_outside ? kGuestsPatience : d.timeout;
    plan.looks = filter_of(spec);
    plan.first_wait = first_wait(scenario);
    for (const auto& name : spec.requests) {
      const auto found = names.find(name);
      if (found == names.end()) t.unknown_requests.push_back(name);
      plan.lines.push_back(found == names.end() ? kUnknownPoint : found->second);
    }
    const auto shard = static_cast<std::uint16_t>(t.drivers.size() % t.shards.size());
    t.drivers.push_back({spec.is_outside ? driver::Mode::guest : driver::Mode::list, ShardId{shard},
                         static_cast<std::uint32_t>(t.driver_plans.size())});
    t.driver_plans.push_back(std::move(plan));
    t.named_drivers.push_back(spec.id);
  }
}

void seat_fleet_drivers(const Scenario& scenario, Topology& t) {
  const auto plan = static_cast<std::uint32_t>(t.driver_plans.size());
  t.driver_plans.push_back({{}, scenario.drivers.pause, scenario.drivers.timeout, {}, Nanos{0}});
  for (std::uint32_t i = 0; i < scenario.drivers.count; ++i) {
    const auto shard = static_cast<std::uint16_t>(i % t.shards.size());
    t.shards[shard].drivers.push_back(DriverId{static_cast<std::uint32_t>(t.drivers.size())});
    t.drivers.push_back({driver::Mode::fleet, ShardId{shard}, plan});
  }
}

// Each station of the recording becomes a charge point, in order of first appearance.
void assign_replay(const Scenario& scenario, Topology& t) {
  if (t.points.empty()) return;
  std::unordered_map<std::string, std::uint32_t> station;
  for (const auto& session : scenario.drivers.replay) {
    const auto next = static_cast<std::uint32_t>(station.size() % t.points.size());
    const auto point = station.emplace(session.station, next).first->second;
    auto& shard = t.shards[shard_owning(t, PointId{point})];
    shard.replay.push_back(
        {session.start, session.energy, session.stay, point - shard.first_point});
  }
}

void assign_faults(const Scenario& scenario, Topology& t) {
  if (scenario.faults.empty()) return;
  std::unordered_map<std::string, PointId> names;
  for (const auto& spec : scenario.faults) {
    director::Fault fault;
    fault.kind = static_cast<director::FaultKind>(spec.kind);
    fault.rate_per_point_hour = spec.rate_per_cp_per_hour.value_or(0.0);
    fault.at = spec.at.value_or(kNever);
    fault.duration = spec.duration;
    for (std::uint32_t z = 0; spec.zone && z < t.zones; ++z) {
      const ZoneId zone{static_cast<std::uint16_t>(z)};
      if (zone_name(zone) == *spec.zone) fault.zone = zone;
    }
    if (spec.point) {
      if (names.empty()) names = index_names(t);
      fault.point = names.at(*spec.point);
      t.shards[shard_owning(t, *fault.point)].faults.push_back(fault);
      continue;
    }
    for (auto& shard : t.shards) shard.faults.push_back(fault);
  }
}

DriverId driver_named(const Scenario& scenario, const std::string& name) {
  const auto& named = scenario.drivers.named;
  const auto found =
      std::find_if(named.begin(), named.end(), [&](const auto& spec) { return spec.id == name; });
  return found == named.end() ? kNobody
                              : DriverId{static_cast<std::uint32_t>(found - named.begin())};
}

/// Requires that `spec` is not about a driver alone.
director::Deed deed_at_point(const ActionSpec& spec, PointId point, DriverId driver) {
  const auto order = [&](OperatorAction action) {
    return director::Deed{spec.at, point, OperatorOrder{point, action, spec.point == kAllPoints}};
  };
  switch (spec.kind) {
    case ActionKind::unplug:
      return {spec.at, point, Unplug{}};
    case ActionKind::start: {
      const Energy target{std::llround(spec.energy_kwh * static_cast<double>(kMillijoulesPerKwh))};
      return {spec.at, point, StartHere{target, driver}};
    }
    case ActionKind::stop:
      return order(OperatorAction::stop);
    case ActionKind::resume:
      return order(OperatorAction::resume);
    case ActionKind::stop_supply:
      return order(OperatorAction::stop_supply);
    case ActionKind::reset_breaker:
      return order(OperatorAction::reset_breaker);
    case ActionKind::simulate_fault:
      return {spec.at, point, SimulateFault{true}};
    case ActionKind::fault_cleared:
      return {spec.at, point, SimulateFault{false}};
    case ActionKind::plug:
    case ActionKind::leave:
    case ActionKind::come_back:
      break;
  }
  return {spec.at, point, Plug{}};
}

/// What is done at a point is done by its shard's director, what a driver does by its fleet's, and
/// what the operator does to all by the first.
void assign_actions(const Scenario& scenario, Topology& t) {
  if (scenario.actions.empty()) return;
  const auto names = index_names(t);
  for (const auto& spec : scenario.actions) {
    const DriverId driver = driver_named(scenario, spec.driver);
    if (spec.kind == ActionKind::leave || spec.kind == ActionKind::come_back) {
      director::Deed deed{spec.at, PointId{}, Leave{}, driver};
      if (spec.kind == ActionKind::come_back) deed.what = Return{};
      t.shards[index_of(t.drivers[index_of(driver)].shard)].deeds.push_back(deed);
    } else if (spec.point == kAllPoints) {
      t.shards.front().deeds.push_back(deed_at_point(spec, PointId{}, driver));
    } else {
      const PointId point = names.at(spec.point);
      t.shards[shard_owning(t, point)].deeds.push_back(deed_at_point(spec, point, driver));
    }
  }
}

}  // namespace

Nanos start_spread(const Scenario& scenario) {
  return std::min<Nanos>(scenario.network.health_interval, std::chrono::seconds{1});
}

std::string Topology::point_name(PointId id) const {
  const auto& given = points[index_of(id)].id;
  return given.empty() ? generated_point_name(index_of(id)) : given;
}

std::vector<ShardId> shards_by_point(const Topology& topology) {
  std::vector<ShardId> result(topology.points.size());
  for (std::size_t s = 0; s < topology.shards.size(); ++s) {
    const auto& seat = topology.shards[s];
    std::fill_n(result.begin() + seat.first_point, seat.points,
                ShardId{static_cast<std::uint16_t>(s)});
  }
  return result;
}

std::uint64_t fingerprint(const Topology& topology, unsigned nodes, unsigned node,
                          const std::vector<Roles>& roles) {
  DigestWriter w{0, static_cast<std::uint32_t>(topology.points.size())};
  const auto add_name = [&](const std::string& name) { w.add_list(name); };
  for (const auto& point : topology.points) {
    add_name(point.id);
    w.add(point.zone);
  }
  for (const auto& shard : topology.shards) w.add(shard.points);
  for (const auto& name : topology.named_drivers) add_name(name);
  if (nodes > 1) {
    w.add(nodes);
    w.add(node);
  }
  if (const std::string apart = to_text(roles); !apart.empty()) add_name(apart);
  return w.finish().low;
}

Topology make_topology(const Scenario& scenario) {
  Topology t;
  place_points(scenario, t);
  divide_among_shards(scenario, t);
  seat_named_drivers(scenario, t);
  seat_fleet_drivers(scenario, t);
  assign_replay(scenario, t);
  assign_faults(scenario, t);
  assign_actions(scenario, t);
  for (const auto& stage : scenario.stages) {
    if (stage.target == StageTarget::request_rate) {
      t.rate_stages.push_back({stage.after, stage.ramp, stage.value});
    } else {
      t.share_stages.push_back({stage.after, stage.ramp, stage.value});
    }
  }
  return t;
}

}  // namespace chargemill::network
