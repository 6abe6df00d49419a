// Why no supply can begin at a charge point now, for those who want to start one there.
#pragma once

#include <string>

#include "actors/central/inspection.hpp"

namespace chargemill::app {

/// As a driver who is denied hears it (D-052).
struct Objection {
  Reason reason = Reason::none;  ///< none: a supply can begin
  Phase phase = Phase::disconnected;
};

/// In an inspection. Nothing is reserved: somebody else may come first.
[[nodiscard]] Objection objection_to(const central::ShardState& shard,
                                     const central::PointRecord& point, SimTime now) noexcept;
/// `Charging point not available (state: SUPPLYING)`
[[nodiscard]] std::string objection_text(const Objection& objection);

}  // namespace chargemill::app
