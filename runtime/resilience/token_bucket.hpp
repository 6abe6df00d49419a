// So many a second and no more, with room for a burst.
#pragma once

#include <algorithm>
#include <cstdint>

#include "runtime/base/assert.hpp"
#include "runtime/base/units.hpp"

namespace chargemill::runtime {

/// A token bucket, kept as the one moment at which it will be full again: exact, without a
/// remainder to add up, and nothing has to fill it.
/// Source: ITU-T I.371, generic cell rate algorithm (virtual scheduling). Threads: one.
class TokenBucket {
 public:
  /// `per_second` > 0; `burst` > 0: so many at once after a rest.
  TokenBucket(std::uint32_t per_second, std::uint32_t burst)
      : token_(Nanos{std::chrono::seconds{1}} / per_second), room_(token_ * burst) {
    CHARGEMILL_ASSERT(per_second > 0 && burst > 0);
  }

  /// Takes one token at `now`, which never goes back; false: there is none.
  [[nodiscard]] bool try_take(Nanos now) noexcept {
    const Nanos begin = std::max(full_at_, now);
    if (begin + token_ - now > room_) return false;
    full_at_ = begin + token_;
    return true;
  }
  /// When try_take() succeeds again; `now` or earlier: at once.
  [[nodiscard]] Nanos next() const noexcept { return full_at_ + token_ - room_; }

 private:
  Nanos token_;
  Nanos room_;
  Nanos full_at_ = Nanos::min() / 2;
};

}  // namespace chargemill::runtime
