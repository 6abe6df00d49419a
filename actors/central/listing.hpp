// The list of available charge points that a driver can see at any time (D-130).
#pragma once

#include "actors/central/turn.hpp"

namespace chargemill::central {

/// Looks through the shard's points from `e.next` on. Full: the list goes to the driver; else the
/// search goes on at whoever owns the next one. Nothing is reserved (D-049).
void on_search(Turn& turn, const PointSearch& e);

/// What a search has found, for its driver.
[[nodiscard]] PointList list_of(const PointSearch& search, bool is_complete) noexcept;

}  // namespace chargemill::central
