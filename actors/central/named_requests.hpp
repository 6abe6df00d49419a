// Requests to which drivers outside have given names: remembered beyond session and ticket, so that
// none of them is let in twice, whatever restarts meanwhile (D-054).
#pragma once

#include <optional>

#include "actors/central/turn.hpp"

namespace chargemill::central {

/// The session of `point` begins: remembers its request if that has a name, and of its driver the
/// latest archive::kNamedRemembered. To be recorded before the session is.
void name_request(Turn& turn, const PointRecord& point);
/// That session is over, or corrected.
void settle_named(ShardState& state, const ClosedSession& closed);
/// As an earlier run has left it.
void keep_named(ShardState& state, const archive::RequestNamed& named);
/// How it ended; none: it has not, or it is not remembered here.
[[nodiscard]] std::optional<DriverUpdate> standing_by_name(const ShardState& state, DriverId driver,
                                                           RequestId request);

}  // namespace chargemill::central
