// Timers of one worker: arm and cancel in constant time, fire in the order in which they are due.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "runtime/base/units.hpp"

namespace chargemill::runtime {

/// Names one armed timer. A stale id (fired, cancelled, re-used) is harmless: cancel() declines it.
struct TimerId {
  std::uint32_t index = 0;
  std::uint32_t generation = 0;  ///< 0: never armed
};

/// A hierarchical timing wheel: five levels of 256 slots, 2^16 ns (65.5 us) a tick at the bottom,
/// which reaches 2.3 years. A timer waits in a slot's list; when time reaches a slot of a higher
/// level its timers move down; a bottom slot is sorted by due time when it opens, so timers fire in
/// exact order of due time and, among equals, in the order of arming as far as they shared a slot.
///
/// Memory: 32 bytes a timer in one slab that is re-used; no allocation once warm.
/// Cost: arm and cancel O(1); fire O(log timers in the same tick).
/// Threads: one. Source: Varghese and Lauck, SOSP 1987, scheme 7.
class TimingWheel {
 public:
  using Payload = void*;
  struct Due {
    SimTime due;
    Payload payload;
  };

  TimingWheel();

  /// Makes room for this many timers at once, so that arming them allocates nothing.
  void reserve(std::size_t timers);
  /// Due times in the past fire at the next pop.
  TimerId arm(SimTime due, Payload payload);
  /// True: it was pending and will not fire.
  bool cancel(TimerId id) noexcept;
  /// The earliest timer due at or before `limit`, removed; empty: none. Never earlier than due.
  [[nodiscard]] std::optional<Due> pop(SimTime limit);
  /// A time at or before which nothing is due; exact to the tick; kNever when empty.
  [[nodiscard]] SimTime next_due() noexcept;
  /// The earliest due time itself. Opens slots ahead of time, which makes later arms slower: for
  /// hand-moved time.
  [[nodiscard]] SimTime exact_next_due();
  [[nodiscard]] std::size_t pending() const noexcept { return pending_; }

 private:
  static constexpr unsigned kTickBits = 16;
  static constexpr unsigned kSlotBits = 8;
  static constexpr unsigned kSlots = 1U << kSlotBits;
  static constexpr unsigned kLevels = 5;
  static constexpr std::uint32_t kNil = 0xFFFFFFFF;

  enum class Where : std::uint16_t { free, slot, batch };
  struct Node {
    std::int64_t due_ns;
    Payload payload;
    std::uint32_t next;
    std::uint32_t prev;
    std::uint32_t generation;
    std::uint16_t list;  // level * kSlots + slot, while in a slot
    Where where;
  };
  static_assert(sizeof(Node) <= 40);
  struct List {
    std::uint32_t head = kNil;
    std::uint32_t tail = kNil;
  };
  struct BatchEntry {
    std::int64_t due_ns;
    std::uint32_t index;
    std::uint32_t generation;
  };
  using Bits = std::array<std::uint64_t, kSlots / 64>;

  [[nodiscard]] static std::uint64_t tick_of(std::int64_t ns) noexcept;
  [[nodiscard]] static std::optional<unsigned> next_set(const Bits& bits, unsigned from) noexcept;
  void file(std::uint32_t index);
  void append(unsigned list, std::uint32_t index) noexcept;
  void unlink(std::uint32_t index) noexcept;
  void release(std::uint32_t index) noexcept;
  void skip_stale() noexcept;
  void insert_into_batch(std::uint32_t index);
  /// Where the next occupied slot begins.
  struct Next {
    std::uint64_t tick;
    unsigned level;
    unsigned slot;
  };
  [[nodiscard]] std::optional<Next> next_slot() const noexcept;
  void open(const Next& next);

  std::uint64_t tick_ = 0;  // all timers due in ticks < tick_ are in the batch or gone
  std::size_t pending_ = 0;
  std::vector<Node> nodes_;
  std::uint32_t free_ = kNil;
  std::vector<BatchEntry> batch_;  // the opened ticks' timers, sorted; fired from batch_at_ on
  std::size_t batch_at_ = 0;
  std::array<List, std::size_t{kLevels} * kSlots> lists_;
  std::array<Bits, kLevels> occupied_{};
};

}  // namespace chargemill::runtime
