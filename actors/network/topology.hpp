// From a scenario to who exists, where, and who owns whom: pure, before anything is spawned.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "actors/director/director.hpp"
#include "actors/driver/driver.hpp"
#include "actors/fleet/arrivals.hpp"
#include "actors/fleet/fleet.hpp"
#include "actors/network/division.hpp"
#include "actors/network/scenario.hpp"

namespace chargemill::network {

/// A driver outside gives a request up by itself (D-125): from here only what is lost for good is.
inline constexpr Nanos kGuestsPatience = std::chrono::hours{24};

/// One driver: a list's, a fleet's or a guest's.
struct DriverSeat {
  driver::Mode mode = driver::Mode::fleet;
  ShardId shard{};
  std::uint32_t plan = 0;  ///< index into Topology::driver_plans
};

/// One central shard and all that works beside it on the same home.
struct ShardSeat {
  std::uint32_t first_point = 0;  ///< it owns [first_point, first_point + points)
  std::uint32_t points = 0;
  std::vector<DriverId> drivers;          ///< of its fleet
  std::vector<fleet::ReplayTrip> replay;  ///< recorded sessions at its points
  std::vector<director::Fault> faults;    ///< those that may hit its points
  std::vector<director::Deed> deeds;      ///< what people do at its points, and its drivers
};

/// Charge points of a site stand together and belong to one shard; ids rise from shard to shard, so
/// that the actors of a shard lie together in memory. Depends on the scenario only, never on the
/// number of workers.
struct Topology {
  std::vector<PointSpec> points;  ///< by PointId
  std::vector<ShardSeat> shards;
  std::vector<DriverSeat> drivers;  ///< by DriverId: those of files first
  std::vector<driver::Plan> driver_plans;
  std::vector<fleet::RateStage> rate_stages;  ///< of the whole network
  std::vector<director::ShareStage> share_stages;
  std::vector<std::string> unknown_requests;  ///< names in request files that no charge point has
  std::vector<std::string> named_drivers;     ///< the first of `drivers`
  std::uint32_t zones = 0;
  std::uint32_t sites = 0;

  [[nodiscard]] std::string point_name(PointId id) const;
};

/// Requires a scenario that has passed its checks.
[[nodiscard]] Topology make_topology(const Scenario& scenario);

/// By PointId.
[[nodiscard]] std::vector<ShardId> shards_by_point(const Topology& topology);

/// A number for who is where: the names of the points and how they are divided among the shards,
/// and the drivers that have names; of several nodes, which one's part, and what each is there for.
/// Two networks with the same can continue each other's journal.
[[nodiscard]] std::uint64_t fingerprint(const Topology& topology, unsigned nodes = 1,
                                        unsigned node = 0, const std::vector<Roles>& roles = {});

/// Charge points are switched on one after the other, all within this.
[[nodiscard]] Nanos start_spread(const Scenario& scenario);

}  // namespace chargemill::network
