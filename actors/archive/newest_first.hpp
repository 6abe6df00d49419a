// When enough has been looked at to know the newest.
#pragma once

#include <cstdint>
#include <vector>

#include "actors/archive/past.hpp"

namespace chargemill::archive {

/// Records lie in the order in which they were told, which is that of time by and large only: what
/// is told late (D-117) is older than its neighbours, several workers write side by side, and a
/// session begins after it was admitted. Whoever goes through them from the newest, and wants the
/// `limit` newest by time (D-164, D-174), has to look a little further than at so many.
class NewestFirst {
 public:
  /// Nothing is looked at beyond so many records.
  static constexpr unsigned kBeyondMax = 1'024;

  struct Disorder {
    /// A row may be so much younger than its record.
    UtcMicros slack{0};
    /// One behind the other that are too old settle it; 0: records are in order, none is needed.
    unsigned too_old = 0;
    bool may_be_late = false;  ///< as what is told late (D-117)
  };
  NewestFirst(std::uint64_t limit, Disorder disorder) : limit_(limit), disorder_(disorder) {}

  /// Whether a record may lie anywhere behind its time.
  [[nodiscard]] bool may_be_late() const noexcept { return disorder_.may_be_late; }
  /// There is a row of that time.
  void add(UtcMicros row);
  /// Whether no record behind the last one can give a row that is wanted.
  [[nodiscard]] bool is_complete() const noexcept {
    return disorder_.too_old == 0 && rows_ >= limit_;
  }
  /// Whether neither the next one, of that time, can, nor one behind it. To be asked once for each.
  [[nodiscard]] bool is_settled(UtcMicros record) noexcept;

 private:
  std::uint64_t limit_;
  Disorder disorder_;
  std::uint64_t rows_ = 0;
  unsigned beyond_ = 0;
  unsigned too_old_ = 0;
  std::vector<UtcMicros> newest_;  // a heap of `limit_` at most, the oldest first
};

/// For the records of `filter`: those of one point come from one place, in order.
[[nodiscard]] NewestFirst by_record(const Filter& filter);
/// For fault events, of which many may be told late.
[[nodiscard]] NewestFirst by_finding(const Filter& filter);
/// For sessions by the time at which their engines began, found by their admission.
[[nodiscard]] NewestFirst by_start(const Filter& filter);

}  // namespace chargemill::archive
