// One direction of a link, where it ends: what is new, and what to tell the sender.
#pragma once

#include <cstdint>

#include "runtime/cluster/frame.hpp"

namespace chargemill::runtime {

/// Lets each frame pass once and in order. One that comes before its turn is not kept: its sender
/// goes back to the gap, and on a link that keeps order gaps come from broken connections only.
/// Pure. Threads: one.
class LinkReceiver {
 public:
  enum class Verdict : std::uint8_t { deliver, duplicate, early };

  /// `credit`: bytes that may be under way.
  explicit LinkReceiver(std::uint32_t credit) noexcept : credit_(credit) {}

  [[nodiscard]] Verdict take(std::uint64_t sequence, std::size_t bytes) noexcept {
    if (sequence < next_) {
      owes_ = true;  // the sender has not heard
      return Verdict::duplicate;
    }
    if (sequence > next_) {
      owes_ = has_gap_ = true;
      return Verdict::early;
    }
    ++next_;
    has_gap_ = false;
    owes_ = true;
    unsaid_bytes_ += bytes;
    return Verdict::deliver;
  }

  /// The sender has not been told of something.
  [[nodiscard]] bool owes_an_ack() const noexcept { return owes_; }
  /// And should be told at once: it would soon have to stop, or to repeat.
  [[nodiscard]] bool is_pressing() const noexcept {
    return has_gap_ || unsaid_bytes_ >= credit_ / 4;
  }
  [[nodiscard]] Ack ack() const noexcept { return {next_, credit_, has_gap_}; }
  /// ack() has been sent.
  void acked() noexcept {
    owes_ = has_gap_ = false;
    unsaid_bytes_ = 0;
  }
  /// Another sender takes the place of this one.
  void start_over() noexcept {
    next_ = 1;
    unsaid_bytes_ = 0;
    owes_ = has_gap_ = false;
  }
  /// All below have arrived.
  [[nodiscard]] std::uint64_t next() const noexcept { return next_; }

 private:
  const std::uint32_t credit_;
  std::uint64_t next_ = 1;
  std::uint64_t unsaid_bytes_ = 0;
  bool owes_ = false;
  bool has_gap_ = false;
};

}  // namespace chargemill::runtime
