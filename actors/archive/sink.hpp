// Where a shard's records go: a journal, or a test's list.
#pragma once

#include <atomic>

#include "actors/archive/records.hpp"

namespace chargemill::archive {

/// Somebody who waits for the journal to move.
///
/// The owner sets `is_asking`, then looks once more; the journal moves, then takes the flag. Both
/// exchange the one word, so that whoever comes second sees what the first has done.
struct Waiter {
  std::atomic<bool> is_asking{false};  // written by both
};

/// Threads: those of one worker.
class RecordSink {
 public:
  RecordSink() = default;
  RecordSink(const RecordSink&) = delete;
  RecordSink& operator=(const RecordSink&) = delete;
  virtual ~RecordSink() = default;

  /// False: there is no room at the moment. Keeps the order of what it takes.
  [[nodiscard]] virtual bool try_append(const Record& record) = 0;
  /// How many it has taken: the number of the last, from 1.
  [[nodiscard]] virtual std::uint64_t appended() const = 0;
  /// So many of them are safe. Never less than before.
  [[nodiscard]] virtual std::uint64_t durable() const = 0;
  /// Whether there is room for what could as well come later.
  [[nodiscard]] virtual bool has_much_room() const = 0;
  /// Whether promises wait for durable(): a journal in real time, as long as it works (D-177).
  [[nodiscard]] virtual bool holds_promises() const = 0;
  /// Whether a restart reads it, for which states are repeated in rounds.
  [[nodiscard]] virtual bool serves_restarts() const = 0;
};

}  // namespace chargemill::archive
