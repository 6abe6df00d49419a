// What the shell of a shard does about the journal.
#pragma once

#include <algorithm>
#include <deque>
#include <functional>
#include <optional>

#include "actors/archive/backlog.hpp"
#include "actors/archive/sink.hpp"
#include "actors/central/pending.hpp"
#include "actors/central/round.hpp"
#include "actors/central/shard.hpp"

namespace chargemill::central {

/// Hands a shard's records over, keeps those that find no room, repeats the shard's state round and
/// round, and holds back what must not be said before the records it rests on are on disk (D-177).
///
/// Held in order, until all promises recorded so far are durable: whatever a driver, an engine or a
/// monitor is told, but for an engine's credit, the progress of a supply and a denial, which
/// promise nothing. Threads: the shard's worker, but for `waiter`.
class Clerk {
 public:
  /// What the meter of a point says of a session.
  struct Reading {
    SimTime begun;
    SimTime at;  ///< it has flowed until then
    Energy delivered;
    Money cost;
  };
  /// Of a session of the point; none: the meter is not here, or knows nothing of it.
  using ReadMeter = std::function<std::optional<Reading>(const PointRecord&, SessionId)>;

  /// Records that wait at most for room, a point, and at least. A FAULT takes three health checks,
  /// its RECOVERY one (D-117, D-118): in the 30 s after which a journal is given up 15 of them, and
  /// the end of a session.
  static constexpr std::size_t kUnsentAPoint = 16;
  static constexpr std::size_t kUnsentMin = 4'096;
  /// From so many that are held on the shard is busy. No bound: what open sessions and monitors
  /// bring about is held on top of them, at most for the 30 s after which a journal is given up.
  static constexpr std::size_t kHeldBusy = 4'096;
  /// One repetition follows so many records.
  static constexpr std::uint32_t kRecordsARepetition = 3;
  /// Repetitions that are owed at most: after a burst the rounds do not make another.
  static constexpr std::uint32_t kOwedMax = 1'024;

  /// `sink` outlives this.
  Clerk(archive::RecordSink& sink, std::size_t points);

  /// The first round begins with the next step: whoever looks for this shard finds it here.
  void begin_round() noexcept {
    unrepeated_ = std::max(unrepeated_, kRecordsARepetition);
    cursor_ = {};
  }
  /// Takes the records of a step; `state` is the state after it.
  void record(const ShardState& state, const ShardEffects& effects, SimTime now);
  /// At the end, when all stands still: what sessions have delivered, exactly, which central has
  /// not heard of since their last telemetry. The open ones, and those that it has closed while
  /// their engines could not say so. `read_meter` says the same for as long as this lives: many
  /// sessions are told portion by portion, as the journal has room.
  void close(const ShardState& state, ReadMeter read_meter);
  /// Whether `effect`, no record, has to wait; then it is kept.
  [[nodiscard]] bool holds(const ShardEffect& effect);
  /// The journal has moved: hands over what waited for room. Then ask release().
  void moved(const ShardState& state);
  /// The next one that has waited long enough.
  [[nodiscard]] std::optional<ShardEffect> release();
  /// Asks, once, to be woken when the journal moves, if anything waits: nothing is looked at
  /// before. True: it has moved meanwhile, look at once.
  [[nodiscard]] bool must_look(const ShardState& state);
  /// No new session may begin: its records, or what it promises, would find no room.
  [[nodiscard]] bool is_busy() const noexcept {
    return backlog_.has_promises() || held_.size() >= kHeldBusy;
  }
  /// Something that others may be told of is not even in the journal's queue.
  [[nodiscard]] bool is_behind() const noexcept { return !backlog_.empty(); }
  /// Records for which a later one stands; and those beyond all bounds.
  [[nodiscard]] std::uint64_t merged() const noexcept {
    return backlog_.merged() + pending_.merged();
  }
  [[nodiscard]] std::uint64_t lost() const noexcept { return backlog_.lost(); }
  [[nodiscard]] archive::Waiter& waiter() noexcept { return waiter_; }
  /// Nothing waits for a disk.
  [[nodiscard]] bool is_at_rest() const noexcept {
    return backlog_.empty() && pending_.empty() && held_.empty();
  }
  /// What is kept of it (runtime/saved) while it is at rest: always, outside real time.
  template <class V>
  void fields(V& v) {
    v.check(is_at_rest());
    v(unrepeated_, cursor_, backlog_, pending_);
  }

 private:
  struct Held {
    std::uint64_t needs;  ///< records that have to be durable; kUnsent: one is not even appended
    ShardEffect effect;
  };

  void take(const ShardState& state, const archive::Record& record);
  [[nodiscard]] bool leave_for_later(const ShardState& state, const archive::Record& record);
  void drain(const ShardState& state);
  void repeat(const ShardState& state, SimTime now);
  [[nodiscard]] archive::Checkpoint checkpoint_at(const ShardState& state,
                                                  std::uint32_t index) const;
  /// Of the closed session at `place`; none: its end is known, or there is nothing to know.
  [[nodiscard]] std::optional<archive::OwedEnd> owed_at(const ShardState& state,
                                                        std::uint32_t index,
                                                        std::size_t place) const;

  archive::RecordSink& sink_;
  archive::Backlog backlog_;
  Pending pending_;
  archive::Waiter waiter_;
  bool is_asking_ = false;      // not woken since
  std::uint64_t promised_ = 0;  // the last record that must not be lost, as the sink counts
  std::deque<Held> held_;
  std::uint32_t unrepeated_ = 0;
  RoundCursor cursor_;
  ReadMeter read_meter_;    // from close() on
  bool is_closed_ = false;  // a round would take back what meters have said
};

/// Whether what it says must not overtake the records of its step.
[[nodiscard]] bool is_promise(const ShardEffect& effect) noexcept;

}  // namespace chargemill::central
