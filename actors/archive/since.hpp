// Where a look at the past may end.
#pragma once

#include "actors/archive/codec.hpp"
#include "actors/archive/past.hpp"

namespace chargemill::archive {

/// Tells when all that comes is older than `since`: when nothing else has come for long. What is
/// told late (D-117) is old and lies among younger records.
class Bound {
 public:
  explicit Bound(UtcMicros since) : since_(since) {}
  bool is_passed(const runtime::journal::Record& record) {
    if (since_ == UtcMicros::min()) return false;
    if (record.time >= since_) {
      first_old_ = 0;
      return false;
    }
    if (first_old_ == 0) first_old_ = record.sequence;
    return record.sequence + kDisorderMax < first_old_;
  }

 private:
  UtcMicros since_;
  runtime::journal::Sequence first_old_ = 0;
};

}  // namespace chargemill::archive
