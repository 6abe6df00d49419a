// What the journal is still to be told of points, two words a point: health and energy, which may
// wait.
#pragma once

#include <deque>
#include <vector>

#include "actors/central/shard.hpp"

namespace chargemill::central {

/// In a burst (a million points that start within a second) the journal hears of each point once
/// things have calmed down: the latest status that waited, and the energy as it stands then.
/// Sixteen bytes a point, from the first that has to wait on.
class Pending {
 public:
  explicit Pending(std::size_t points) : size_(points) {}

  /// `index` is that of the record's point.
  void add(std::uint32_t index, const archive::Health& health);
  void add_checkpoint(std::uint32_t index);
  /// What is owed of its closed sessions.
  void add_owed(std::uint32_t index);
  [[nodiscard]] bool empty() const noexcept { return queue_.empty(); }
  /// Offers what waits to `try_append`, until it declines. Energy is what `checkpoint_at(index)`
  /// says of a point that has a session, and what `owed_at(index, place)` does, or does not, of a
  /// closed one.
  template <class CheckpointAt, class OwedAt, class TryAppend>
  void drain(const ShardState& state, CheckpointAt checkpoint_at, OwedAt owed_at,
             TryAppend try_append) {
    for (; !queue_.empty(); queue_.pop_front()) {
      const std::uint32_t index = queue_.front();
      Slot& slot = slots_[index];
      if (slot.has_health && !try_append(health_of(state, index))) return;
      slot.has_health = false;
      const bool has_session = state.points[index].stage != Stage::none;
      if (slot.has_checkpoint && has_session && !try_append(checkpoint_at(index))) return;
      slot.has_checkpoint = false;
      for (; slot.owed > 0; --slot.owed) {
        const auto owed = owed_at(index, std::size_t{slot.owed} - 1);
        if (owed && !try_append(*owed)) return;
      }
    }
  }
  /// Statuses that a later one stands for.
  [[nodiscard]] std::uint64_t merged() const noexcept { return merged_; }
  /// What is kept of it (runtime/saved) while it is empty.
  template <class V>
  void fields(V& v) {
    v(merged_);
  }

 private:
  struct Slot {
    SimTime at;
    Phase phase;
    Reason reason;
    Reason fault;
    runtime::BreakerMode breaker;
    std::uint8_t failures;
    std::uint8_t owed;  ///< so many places of its closed sessions are still to be looked at
    bool is_faulty : 1;
    bool has_health : 1;
    bool has_checkpoint : 1;
  };
  static_assert(sizeof(Slot) == 16);

  Slot& slot(std::uint32_t index);
  [[nodiscard]] archive::Record health_of(const ShardState& state, std::uint32_t index) const;

  std::size_t size_;
  std::vector<Slot> slots_;          // by local index; none before the first that waits
  std::deque<std::uint32_t> queue_;  // of those that have something, each once
  std::uint64_t merged_ = 0;
};

/// The energy of the current session as central knows it. Requires that there is one.
[[nodiscard]] archive::Checkpoint checkpoint_of(const ShardState& state, const PointRecord& point);

}  // namespace chargemill::central
