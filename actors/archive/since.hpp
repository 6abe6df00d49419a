// Where a look at the past may end.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

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

/// Tells when so much was looked at in vain, newest first, that a question is given up. A row buys
/// more looks: whoever finds what is asked for goes on to the limit.
class Patience {
 public:
  static constexpr std::uint64_t kRecords = 400'000;
  /// Looking up a session takes as long as passing so many records.
  static constexpr std::uint64_t kLookUp = 10;
  static constexpr std::uint64_t kARow = 16 * kLookUp;
  /// What is told late (D-117) says nothing of how far one has come: the youngest of so many does.
  /// Workers write side by side: among all records they may be kDisorderMax apart.
  static constexpr std::uint64_t kToldByKey = 4'096;

  /// `is_by_key`: records of one key are looked at, else all. Not so many are told that a question
  /// would come no further than where it began.
  Patience(std::uint64_t records, UtcMicros until, bool is_by_key)
      : left_(records),
        until_(until),
        told_max_(is_by_key
                      ? std::clamp<std::uint64_t>(records / (4 * (1 + kLookUp)), 1, kToldByKey)
                      : std::clamp<std::uint64_t>(records / 4, 1, kDisorderMax)) {}
  void gain() { left_ += kARow; }
  /// A record of that time was looked at in vain, and so many sessions looked up for it.
  void lose(UtcMicros time, std::uint64_t look_ups) {
    // So many lie before a look that begins near `until`; of faults all that are younger do, and
    // are passed without having been asked for.
    if (time > until_) return;
    left_ -= std::min(left_, 1 + look_ups * kLookUp);
    if (++told_ % told_max_ == 0) {
      before_ = youngest_;
      youngest_ = time;
    }
    youngest_ = std::max(youngest_, time);
  }
  /// How far one has come when it is lost. All of one instant is looked at: whoever asks for what
  /// is not younger comes further each time.
  [[nodiscard]] std::optional<UtcMicros> lost_at() const {
    const UtcMicros reached = std::max(before_, youngest_);
    return left_ == 0 && reached < until_ ? std::optional{reached} : std::nullopt;
  }

 private:
  std::uint64_t left_;
  UtcMicros until_;
  std::uint64_t told_max_;
  std::uint64_t told_ = 0;
  UtcMicros before_ = UtcMicros::min();    // of told_max_ before
  UtcMicros youngest_ = UtcMicros::min();  // of those that came since
};

}  // namespace chargemill::archive
