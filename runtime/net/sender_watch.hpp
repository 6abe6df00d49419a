// Is whoever sends idle, or too slow? Asked now and then. Pure.
#pragma once

#include <cstdint>

#include "runtime/base/units.hpp"

namespace chargemill::runtime {

/// `idle_timeout`: without a message. `frame_timeout`: for one message to become complete, counted
/// from the look that first sees it half here, whatever the silence before it: a message that
/// arrives in two reads is one that arrives in one (D-134).
class SenderWatch {
 public:
  enum class Finding : std::uint8_t { fine, idle, slow };
  struct Sight {
    std::uint64_t heard = 0;  ///< messages so far
    bool is_clients_turn = true;
    bool is_inside_frame = false;
  };

  SenderWatch(Nanos idle_timeout, Nanos frame_timeout) noexcept
      : idle_timeout_(idle_timeout), frame_timeout_(frame_timeout) {}

  void begin(Nanos now) noexcept { heard_at_ = now; }
  [[nodiscard]] Finding look(const Sight& sight, Nanos now) noexcept {
    if (sight.heard != heard_ || !sight.is_clients_turn) {
      heard_ = sight.heard;
      heard_at_ = now;
      frame_at_ = kNone;
      return Finding::fine;
    }
    if (!sight.is_inside_frame) {
      frame_at_ = kNone;
    } else if (frame_at_ == kNone) {
      frame_at_ = now;
    } else if (now - frame_at_ >= frame_timeout_) {
      return Finding::slow;
    }
    return now - heard_at_ >= idle_timeout_ ? Finding::idle : Finding::fine;
  }

 private:
  static constexpr Nanos kNone = Nanos::min();

  Nanos idle_timeout_;
  Nanos frame_timeout_;
  std::uint64_t heard_ = 0;
  Nanos heard_at_{0};
  Nanos frame_at_ = kNone;  // since when the same message has been half here
};

}  // namespace chargemill::runtime
