// What the consoles of drivers, monitors and charge points show, on its way to whoever prints it.
#pragma once

#include <readerwriterqueue/readerwriterqueue.h>

#include <atomic>
#include <variant>

#include "actors/charge_point/charge_point.hpp"
#include "actors/driver/driver.hpp"
#include "actors/messages.hpp"
#include "actors/monitor/monitor.hpp"

namespace chargemill {

// clang-format off
struct RequestTimedOut { DriverId driver; RequestId request; Nanos timeout; };         ///< D-125
struct LinesFinished   { DriverId driver; std::uint32_t done; std::uint32_t total; };  ///< D-127
struct DriverAlone     { DriverId driver; };                                           ///< D-131
struct MonitorNote     { PointId point; monitor::NoteCode code; };                     ///< D-121
struct PointAlone      { PointId point; bool back; };                                  ///< D-107
struct PointNote       { PointId point; charge_point::Note note; };                    ///< D-092 to D-095, D-106
struct PointTotals     { PointId point; Price price; charge_point::SessionTotals totals; };  ///< D-096
struct ActorLost       { ActorKind kind; std::uint32_t index; };                       ///< its supervisor gave it up
// clang-format on

struct ConsoleNotice {
  SimTime at{};
  std::variant<DriverUpdate, Ticket, PointList, RequestTimedOut, LinesFinished, DriverAlone,
               MonitorNote, PointAlone, PointNote, PointTotals, ActorLost>
      what;
};

/// From one worker's shells to one reader, bounded: a reader that is too slow misses notices, which
/// are counted; the simulation never waits for it. The queue is moodycamel's (lock-free, one
/// producer, one consumer; Debian's libreaderwriterqueue-dev).
class ConsoleFeed {
 public:
  static constexpr std::size_t kWaitingMax = 4'096;

  /// Requires the worker's thread.
  void say(const ConsoleNotice& notice) {
    // relaxed: a counter with one writer; orders nothing.
    if (!waiting_.try_enqueue(notice))
      missed_.store(missed_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  }
  /// Requires the reader's thread; false: nothing waits.
  [[nodiscard]] bool hear(ConsoleNotice& notice) { return waiting_.try_dequeue(notice); }
  [[nodiscard]] std::uint64_t missed() const noexcept {
    return missed_.load(std::memory_order_relaxed);  // relaxed: as above
  }

 private:
  moodycamel::ReaderWriterQueue<ConsoleNotice> waiting_{kWaitingMax};
  std::atomic<std::uint64_t> missed_{0};  // written by the worker
};

}  // namespace chargemill
