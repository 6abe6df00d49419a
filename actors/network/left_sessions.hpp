// What an earlier run, or a node that was lost, has left of a point's sessions.
#pragma once

#include <vector>

#include "actors/archive/image.hpp"
#include "actors/charge_point/meter.hpp"

namespace chargemill::network {

/// A session of which a point may still speak, as it stood when an earlier run ended.
struct LeftSession {
  SessionId session = SessionId::none;
  DriverId driver{};
  SimTime begun{};
  SimTime end{};  ///< so far as is known
  Energy delivered;
  Money cost;
};

/// Oldest first, the open one last, and no more than the `most` newest: what was closed before the
/// engine itself said its end may still be corrected by it (D-075, D-103), or has to be stopped.
[[nodiscard]] std::vector<LeftSession> left_sessions(PointId id, const archive::Image& image,
                                                     std::size_t most);

/// The process of an engine has died: what is known of its meter is what it had told (D-103). It
/// reports these ends like any others, and its central books nothing twice.
void leave_interrupted(charge_point::Meter& meter, PointId id, const archive::Image& image);

}  // namespace chargemill::network
