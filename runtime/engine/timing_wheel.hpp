// Timers of one worker: arm and cancel in constant time, fire in the order in which they are due.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "runtime/base/units.hpp"

namespace chargemill::runtime {

/// Names one armed timer. A stale id (fired, cancelled, re-used) is harmless: cancel() declines it.
struct TimerId {
  std::uint32_t index = 0;
  std::uint32_t generation = 0;  ///< 0: never armed
};

/// A hierarchical timing wheel: six levels of 256 slots, 2^15 ns (32.8 us) a tick at the bottom,
/// which reaches any time there is. A timer waits in a slot; when time reaches a slot of a higher
/// level its timers move down; a bottom slot is sorted by due time when it opens, so timers fire in
/// exact order of due time and, among equals, in the order of arming as far as they shared a slot.
///
/// A slot holds its timers by value, in chunks, so that moving down reads and writes memory in
/// order: with lists of nodes each timer cost a cache miss for every level (a million pending: 340
/// ns to arm and fire one, against some 50). A cancelled timer stays where it is and is recognised
/// by its generation; when half of all are such, they are swept out.
///
/// Memory: 24 bytes a timer and 8 for its name; re-used, no allocation once warm.
/// Cost: arm and cancel O(1) amortised; fire O(log timers in the same tick). A timer that is due
/// within the tick that is under way is sorted into the rest of it: linear in that, 24 bytes each.
/// Threads: one. Source: Varghese and Lauck, SOSP 1987, scheme 7.
class TimingWheel {
 public:
  using Payload = void*;
  struct Due {
    SimTime due;
    Payload payload;
  };

  TimingWheel();
  ~TimingWheel();
  TimingWheel(const TimingWheel&) = delete;
  TimingWheel& operator=(const TimingWheel&) = delete;

  /// Makes room for this many timers at once, so that arming them allocates little.
  void reserve(std::size_t timers);
  /// Due times in the past fire at the next pop.
  TimerId arm(SimTime due, Payload payload);
  /// True: it was pending and will not fire.
  bool cancel(TimerId id);
  /// The earliest timer due at or before `limit`, removed; empty: none. Never earlier than due.
  [[nodiscard]] std::optional<Due> pop(SimTime limit);
  /// A time at or before which nothing is due; kNever when empty.
  [[nodiscard]] SimTime next_due() noexcept;
  /// The earliest due time itself. Opens slots ahead of time, which makes later arms slower: for
  /// hand-moved time.
  [[nodiscard]] SimTime exact_next_due();
  [[nodiscard]] std::size_t pending() const noexcept { return pending_; }
  /// The payload of a timer that fires soon, after `ahead` others, as far as their tick is open;
  /// nullptr: not known, or cancelled. A hint of what to fetch.
  [[nodiscard]] Payload soon(std::size_t ahead) const noexcept {
    const std::size_t at = batch_at_ + ahead;
    return at < batch_.size() && is_live(batch_[at]) ? batch_[at].payload : nullptr;
  }

 private:
  static constexpr unsigned kTickBits = 15;
  static constexpr unsigned kSlotBits = 8;
  static constexpr unsigned kSlots = 1U << kSlotBits;
  static constexpr unsigned kLevels = 6;
  static_assert(kTickBits + kLevels * kSlotBits >= 63, "a slot for every time");

  struct Entry {
    std::int64_t due_ns;
    Payload payload;
    TimerId id;
  };
  static_assert(sizeof(Entry) == 24);
  struct Chunk {
    static constexpr std::uint32_t kEntries = 42;  // with the two fields, a kibibyte
    std::array<Entry, kEntries> entries;
    Chunk* next;
    std::uint32_t count;
  };
  struct List {
    Chunk* head = nullptr;
    Chunk* tail = nullptr;
  };
  using Bits = std::array<std::uint64_t, kSlots / 64>;

  [[nodiscard]] static std::uint64_t tick_of(std::int64_t ns) noexcept;
  [[nodiscard]] static std::optional<unsigned> next_set(const Bits& bits, unsigned from) noexcept;
  [[nodiscard]] bool is_live(const Entry& entry) const noexcept {
    return generations_[entry.id.index] == entry.id.generation;
  }
  void file(const Entry& entry);
  void append(unsigned list, const Entry& entry);
  [[nodiscard]] List detach(unsigned list) noexcept;
  template <class F>
  void consume(List list, F f);
  [[nodiscard]] Chunk* new_chunk();
  void retire(std::uint32_t index) noexcept;
  void skip_stale() noexcept;
  void sweep();
  void insert_into_batch(const Entry& entry);
  void sort_batch();
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
  std::size_t stale_ = 0;                   // cancelled, but still in a slot or the batch
  std::vector<std::uint32_t> generations_;  // by index; even: nobody's
  std::vector<std::uint32_t> free_;         // indices, the last first
  std::vector<Entry> batch_;  // the opened ticks' timers, sorted; fired from batch_at_ on
  std::size_t batch_at_ = 0;
  std::vector<Entry> scratch_;  // as large as the largest batch has been
  std::array<List, std::size_t{kLevels} * kSlots> lists_;
  std::array<Bits, kLevels> occupied_{};
  Chunk* spare_ = nullptr;
  std::vector<std::unique_ptr<Chunk[]>> slabs_;  // all chunks there are
};

}  // namespace chargemill::runtime
