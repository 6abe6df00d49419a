// Replies that say that something is done wait here until it is on disk (D-177).
#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <vector>

#include "app/api/kept.hpp"
#include "runtime/journal/journal_status.hpp"
#include "runtime/net/alarm.hpp"

namespace chargemill::app {

/// Threads: the IoThread. Never blocks: it looks at the journal again and again while somebody
/// waits.
class DiskBarrier {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr Nanos kLookEvery = std::chrono::milliseconds{1};
  /// A journal that stands still for longer is in trouble, and nobody waits for it any more.
  static constexpr Nanos kPatience = std::chrono::seconds{5};
  /// What comes while so many wait is answered as if its patience were over.
  static constexpr std::size_t kWaitingMax = 65'536;

  /// `status`: of this process' journal; empty: there is none. `context` outlives this.
  DiskBarrier(boost::asio::io_context& context,
              std::function<runtime::journal::JournalStatus()> status,
              std::function<Clock::time_point()> now = Clock::now)
      : alarm_(context), status_(std::move(status)), now_(std::move(now)) {}

  using Then = std::function<void(Kept)>;
  /// Calls `then` when all that waits in the journal's queues at this moment is on disk, or has
  /// waited too long; at once if nothing does, without a journal, or after it was given up.
  void after(Then then);
  [[nodiscard]] bool is_needed() const { return static_cast<bool>(status_); }
  /// Looks whether anybody can be answered.
  void look();

 private:
  struct Waiting {
    std::vector<std::uint64_t> records;  ///< so many of each queue must be on disk
    Clock::time_point until;
    Then then;
  };

  runtime::Alarm alarm_;
  const std::function<runtime::journal::JournalStatus()> status_;
  const std::function<Clock::time_point()> now_;
  std::deque<Waiting> waiting_;  // who came first is answered first
};

}  // namespace chargemill::app
