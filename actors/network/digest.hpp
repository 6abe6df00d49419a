// The digest of a network: equal for equal histories, whatever the number of workers.
#pragma once

#include <string>
#include <vector>

#include "actors/central/central.hpp"
#include "actors/central/shard.hpp"
#include "actors/charge_point/charge_point.hpp"
#include "actors/director/director.hpp"
#include "actors/driver/driver.hpp"
#include "actors/fleet/fleet.hpp"
#include "actors/monitor/monitor.hpp"
#include "actors/supervisor/supervisor.hpp"
#include "runtime/base/digest.hpp"

namespace chargemill::network {

/// Kinds of entities, as the digest keys them. Append, never insert.
enum class EntityKind : std::uint32_t {
  point,
  monitor,
  driver,
  shard,
  fleet,
  director,
  supervisor,
  central
};

/// Of everything in a state that changes during a run and can make a difference later; settings are
/// left out. `index`: the entity's place among its kind.
[[nodiscard]] Digest digest_of(const charge_point::State& state, std::uint32_t index);
[[nodiscard]] Digest digest_of(const monitor::State& state, std::uint32_t index);
[[nodiscard]] Digest digest_of(const driver::State& state, std::uint32_t index);
[[nodiscard]] Digest digest_of(const central::ShardState& state, std::uint32_t index);
[[nodiscard]] Digest digest_of(const fleet::State& state, std::uint32_t index);
[[nodiscard]] Digest digest_of(const director::State& state, std::uint32_t index);
[[nodiscard]] Digest digest_of(const supervisor::State& state, std::uint32_t index);
[[nodiscard]] Digest digest_of(const central::CentralState& state, std::uint32_t index);

/// One entity's part of a network's digest.
struct EntityDigest {
  EntityKind kind{};
  std::uint32_t index = 0;
  Digest digest;
};

/// The sum over all entities: the network's digest.
[[nodiscard]] Digest sum_of(const std::vector<EntityDigest>& entities);
/// `CP-000017`, `MON-CP-000017`, `DRV-000003`, `shard 5`: the generated name of an entity.
[[nodiscard]] std::string entity_name(EntityKind kind, std::uint32_t index);

}  // namespace chargemill::network
