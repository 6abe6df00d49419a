// What waits in mailboxes, by whom it waits for.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <numeric>

namespace chargemill::runtime {

/// Actors are of kinds, numbers below this, which mean something to whoever spawns them
/// (LeanActor::kKind).
inline constexpr std::size_t kActorKindsMax = 8;

/// Messages, by the kind of the actor whose mailbox they are in.
using WaitingByKind = std::array<std::uint32_t, kActorKindsMax>;

[[nodiscard]] inline std::uint64_t sum_of(const WaitingByKind& waiting) noexcept {
  return std::accumulate(waiting.begin(), waiting.end(), std::uint64_t{0});
}

}  // namespace chargemill::runtime
