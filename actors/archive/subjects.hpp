// Whom a record is about, for the names that it is kept under.
#pragma once

#include "actors/archive/records.hpp"

namespace chargemill::archive {

struct Subjects {
  PointId point = kUnknownPoint;  ///< kUnknownPoint: no point
  DriverId driver = kNobody;      ///< kNobody: no driver
};
/// What only a restart reads is about nobody.
[[nodiscard]] Subjects subjects_of(const Record& record);

}  // namespace chargemill::archive
