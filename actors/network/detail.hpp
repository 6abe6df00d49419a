// What monitoring wants to know beyond a snapshot: by zone, by kind. Live, and not exact.
#pragma once

#include <array>
#include <vector>

#include "actors/central/watch.hpp"
#include "actors/director/director.hpp"
#include "actors/messages.hpp"

namespace chargemill::network {

/// Those of ActorKind, in its order, and those that restart them.
inline constexpr std::size_t kActorKinds = 8;
inline constexpr std::size_t kSupervisors = kActorKinds - 1;

struct Detail {
  std::vector<central::ZoneTotals> zones;  ///< by ZoneId
  central::WatchTotals watch;
  std::array<std::uint64_t, kActorKinds> actors{};              ///< by ActorKind
  std::array<std::uint64_t, director::kFaultKinds> injected{};  ///< by director::FaultKind
  /// Requests for any point of a zone; those for a named point are the others.
  std::uint64_t any_accepted = 0, any_denied = 0, any_timed_out = 0;
};

/// What the nodes of a cluster come to together.
void add(Detail& to, const Detail& from);

}  // namespace chargemill::network
