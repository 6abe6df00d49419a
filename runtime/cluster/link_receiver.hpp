// One direction of a link, where it ends: what is new, and what to tell the sender.
#pragma once

#include <algorithm>
#include <cstdint>

#include "runtime/cluster/frame.hpp"

namespace chargemill::runtime {

/// Lets each frame pass once and in order. One that comes before its turn is not kept: its sender
/// goes back to the gap, and on a link that keeps order gaps come from broken connections only.
/// What has passed may still wait here (hold()): as many bytes less are credited, so the sender's
/// window bounds that too, and of a sender that does not care no frame passes once all is used.
/// Pure. Threads: one.
class LinkReceiver {
 public:
  enum class Verdict : std::uint8_t { deliver, duplicate, early, no_room };

  /// `credit`: bytes that may be under way.
  explicit LinkReceiver(std::uint32_t credit) noexcept : credit_(credit) {}

  [[nodiscard]] Verdict take(std::uint64_t sequence, std::size_t bytes) noexcept {
    if (sequence < next_) {
      owes_ = true;  // the sender has not heard
      return Verdict::duplicate;
    }
    if (sequence > next_) {
      // Behind one that had no room nothing is missing; it would be sent in vain.
      if (!is_one_left_) owes_ = has_gap_ = true;
      return Verdict::early;
    }
    if (held_bytes_ >= credit_) {
      is_one_left_ = true;
      return Verdict::no_room;
    }
    is_one_left_ = false;
    ++next_;
    has_gap_ = false;
    owes_ = true;
    unsaid_bytes_ += bytes;
    return Verdict::deliver;
  }

  /// So many bytes of what has passed wait here now. When there is room again the sender is told,
  /// and goes back to a frame that had none.
  void hold(std::uint64_t bytes) noexcept {
    if (bytes < held_bytes_) owes_ = true;
    held_bytes_ = bytes;
    if (bytes >= credit_ || !is_one_left_) return;
    is_one_left_ = false;
    owes_ = has_gap_ = true;
  }

  /// The sender has not been told of something.
  [[nodiscard]] bool owes_an_ack() const noexcept { return owes_; }
  /// And should be told at once: it would soon have to stop, or to repeat.
  [[nodiscard]] bool is_pressing() const noexcept {
    return has_gap_ || unsaid_bytes_ >= credit_ / 4;
  }
  [[nodiscard]] Ack ack() const noexcept {
    const auto used = static_cast<std::uint32_t>(std::min<std::uint64_t>(held_bytes_, credit_));
    return {next_, credit_ - used, has_gap_};
  }
  /// ack() has been sent.
  void acked() noexcept {
    owes_ = has_gap_ = false;
    unsaid_bytes_ = 0;
  }
  /// Another sender takes the place of this one.
  void start_over() noexcept {
    next_ = 1;
    unsaid_bytes_ = held_bytes_ = 0;
    owes_ = has_gap_ = is_one_left_ = false;
  }
  /// All below have arrived.
  [[nodiscard]] std::uint64_t next() const noexcept { return next_; }

 private:
  const std::uint32_t credit_;
  std::uint64_t next_ = 1;
  std::uint64_t unsaid_bytes_ = 0;
  std::uint64_t held_bytes_ = 0;
  bool is_one_left_ = false;  // the next one has come, and had no room
  bool owes_ = false;
  bool has_gap_ = false;
};

}  // namespace chargemill::runtime
