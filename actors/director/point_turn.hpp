// What the director does to one charge point, and what it must know to undo it.
#pragma once

#include "actors/director/director.hpp"

namespace chargemill::director {

/// Switches it and its monitor on or off, if they are not; links and losses that run stay.
void switch_point(Point& point, bool on, Effects& effects);
/// Its turn in a sweep. Overlapping harms are counted, so that the last end mends.
void act(Point& point, const Sweep& sweep, Effects& effects);

}  // namespace chargemill::director
