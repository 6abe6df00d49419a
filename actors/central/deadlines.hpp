// When which charge point is to be looked at: a calendar that is corrected lazily.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "runtime/base/units.hpp"

namespace chargemill::central {

/// The owner notes the earliest time filed for each index. A deadline that moves later costs
/// nothing until its old time comes; an entry whose time is not the noted one is stale. So a
/// heartbeat is one store.
///
/// Days of a quarter of a second, 512 of them ahead in a list each, what lies further away in one
/// list; only the day that is under way is a heap. Filing is O(1) for what lies ahead of that
/// day and taking O(log of the day's entries); a heap of all took a tenth of a simulation's time.
class Deadlines {
 public:
  struct Entry {
    SimTime at;
    std::uint32_t index;
  };

  Deadlines() : days_(kDays) {}

  /// A time before the last one taken is due at once.
  void file(SimTime at, std::uint32_t index);
  /// The earliest; equal times in rising order of index, so that equal histories give equal
  /// effects. Requires size() > 0.
  Entry take();
  /// The time of the earliest; kNever: there is none.
  [[nodiscard]] SimTime next() const noexcept {
    return today_.empty() ? kNever : today_.front().at;
  }
  void clear() noexcept;
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

 private:
  static constexpr std::size_t kDays = 512;

  void put(const Entry& entry);
  void begin_next_day();
  [[nodiscard]] std::int64_t first_day() const noexcept;

  std::int64_t day_ = 0;                   // whose entries, and those before, are in today_
  std::vector<Entry> today_;               // a heap, the earliest first; empty only if all is
  std::vector<std::vector<Entry>> days_;   // day d at d modulo kDays; d in (day_, day_ + kDays]
  std::vector<std::vector<Entry>> spare_;  // memory of days that are over
  std::array<std::uint64_t, kDays / 64> occupied_{};  // a bit for each list that is not empty
  std::vector<Entry> later_;
  std::int64_t later_day_ = INT64_MAX;  // the first of later_
  std::size_t size_ = 0;
};

}  // namespace chargemill::central
