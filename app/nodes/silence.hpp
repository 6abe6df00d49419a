// Nodes that have their places in etcd and do not hear each other: who of them stops. Pure.
#pragma once

#include <chrono>
#include <cstdint>

#include "runtime/base/units.hpp"

namespace chargemill::app {

inline constexpr unsigned kNoNode = 0xFFFFFFFF;

/// What one node hears of the others. Nodes are bits.
struct Hearing {
  unsigned self = 0;
  unsigned central = kNoNode;  ///< who leads; kNoNode: nobody at the moment
  std::uint32_t living = 0;    ///< those who are not lost, itself among them
  std::uint32_t silent = 0;    ///< of them, those not heard for longer than patience_of()
  std::uint32_t mute = 0;      ///< of those, the ones not heard for a lease more
};

/// After so long a silence a node is not dead: etcd would have said that its lease is over, also if
/// etcd's own leader went with it (measured: 8.5 s with a lease of 5 s). With it the others follow
/// within twice a lease of 5 s.
[[nodiscard]] Nanos patience_of(std::chrono::seconds lease) noexcept;

/// The node that this one must stop for; kNoNode: it need not. Nobody can take over from one that
/// lives, so one side stops, and both know which: the smaller part of those that are left; of two
/// halves the one without the node that leads. Where all hear most of them, the later one of two
/// that do not hear each other, once a smaller part would have stopped.
[[nodiscard]] unsigned stops_for(const Hearing& hearing) noexcept;

}  // namespace chargemill::app
