// One worker's share of virtual time: what waits for its actors, window by window.
#pragma once

#include <cstdint>
#include <vector>

#include "runtime/base/units.hpp"
#include "runtime/engine/arrival.hpp"
#include "runtime/engine/waiting.hpp"
#include "runtime/engine/window_barrier.hpp"
#include "runtime/engine/window_calendar.hpp"

namespace chargemill::runtime {

class LeanActor;

/// Windows are as long as the least time a message travels, so that whatever is sent in a window
/// arrives in a later one: within a window the workers need not talk.
///
/// Threads: the worker's; but `outgoing` of the round before is read by the receivers' workers
/// between two meetings at the barrier, while this worker writes to the other half. The letters
/// that these arrivals name lie in `arenas`: receivers read and release them a window later, and
/// only then does the owner use that arena again.
struct Lane {
  using Window = WindowCalendar::Window;

  /// `homes`: workers of this node, then nodes.
  Lane(unsigned homes, Nanos latency) : length_ns(latency.count()), end_ns(length_ns) {
    for (auto& sent : outgoing) {
      sent.next.resize(homes);
      sent.later.resize(homes);
    }
  }

  /// Requires a time that is not before the present window.
  [[nodiscard]] Window window_of(std::int64_t time_ns) const noexcept {
    const std::int64_t ahead = time_ns - end_ns;
    if (ahead < 0) return window;
    return ahead < length_ns ? window + 1 : time_ns / length_ns;
  }

  /// Whether the granted window holds something that the limit lets happen. A window that the limit
  /// has cut once, holds only what is later until the limit moves.
  [[nodiscard]] bool has_work(const WindowGrant& grant) const noexcept {
    if (grant.earliest == WindowCalendar::kNone) return false;
    if (grant.earliest == window && grant.limit_ns == limit_ns) return false;
    return grant.earliest * length_ns <= grant.limit_ns;
  }

  /// An actor that lives here, and what to fetch before its turn: known without touching it.
  class Seat {
   public:
    Seat() = default;
    Seat(LeanActor* actor, unsigned lines, bool foresees) noexcept
        : bits_(reinterpret_cast<std::uintptr_t>(actor) | (std::uintptr_t{lines} << kShift) |
                (std::uintptr_t{foresees} << kForesees)) {}
    [[nodiscard]] LeanActor* actor() const noexcept {
      // NOLINTNEXTLINE(performance-no-int-to-ptr): what went in as a pointer comes out as one
      return reinterpret_cast<LeanActor*>(bits_ & ((std::uintptr_t{1} << kShift) - 1));
    }
    /// Cache lines of the object that are worth fetching.
    [[nodiscard]] unsigned lines() const noexcept {
      return static_cast<unsigned>(bits_ >> kShift) & 0x7FU;
    }
    [[nodiscard]] bool foresees() const noexcept { return bits_ >> kForesees != 0; }

   private:
    static constexpr unsigned kShift = 56;  // user-space addresses are shorter
    static constexpr unsigned kForesees = 63;
    std::uintptr_t bits_ = 0;
  };

  /// What was sent since the last meeting, by the receiver's home (this worker as well: an
  /// unpredictable branch would cost more than a copy).
  struct Outgoing {
    std::vector<std::vector<Arrival>> next;   ///< arrives in the window after the one that is open
    std::vector<std::vector<Arrival>> later;  ///< any later, or sent while none is open
    std::int64_t later_ns = INT64_MAX;        ///< the earliest of these times
  };
  /// The letters of this window; those of the one before are being read.
  [[nodiscard]] LetterArena& arena() noexcept { return arenas[window & 1]; }
  /// The first window that has something to do, as far as this worker knows.
  [[nodiscard]] Window earliest() const noexcept;

  const std::int64_t length_ns;
  Window window = 0;           // the one that is open, or was last
  std::int64_t end_ns;         // its end
  std::int64_t limit_ns = -1;  // nothing later may be handled
  std::int64_t opened_ns = 0;  // the end of the last window that was opened; 0: none was
  std::uint64_t orders = 0;    // the last that were obeyed
  bool is_open = false;        // handlers run in the window's time
  bool timers_run = true;
  bool timers_stood = false;  // windows have passed over timers that stood still
  WindowCalendar messages;
  WindowCalendar timers;
  std::vector<Arrival> open;
  std::vector<Arrival> scratch;
  std::vector<Arrival> due;  // timers of the window, before it is known which of them count
  std::vector<Seat> actors;  // by entity; null: lives elsewhere
  WaitingByKind handled{};   // messages of the open window
  Outgoing outgoing[2];      // NOLINT(modernize-avoid-c-arrays): a pair of halves
  unsigned half = 0;         // the one that is being written
  LetterArena arenas[2];     // NOLINT(modernize-avoid-c-arrays): by the window's parity
};

}  // namespace chargemill::runtime
