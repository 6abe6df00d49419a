#pragma once

#include <atomic>

#include "actors/central/shard.hpp"
#include "actors/shell/core_actor.hpp"

namespace chargemill::central {

/// The totals of a shard, for readers on other threads. Written by the shard's worker only; a look
/// is not consistent between fields.
class Published {
 public:
  void store(const ShardTotals& totals) noexcept;
  [[nodiscard]] ShardTotals load() const noexcept;

 private:
  static constexpr std::size_t kWords = sizeof(ShardTotals) / sizeof(std::uint64_t);
  std::array<std::atomic<std::uint64_t>, kWords> words_{};
};

/// The shell around `step`.
class ShardActor final : public CoreActor<ShardActor, ShardState, ShardEvent> {
 public:
  using CoreActor::CoreActor;
  const char* name() const override { return "shard"; }

  /// How things stood a moment ago. Any thread.
  [[nodiscard]] ShardTotals look() const noexcept { return published_.load(); }
  void foresee(const runtime::Message& m) const override;
  [[nodiscard]] bool foresees() const override { return true; }

 private:
  friend CoreActor;
  void run(const ShardEvent& event);
  void perform(const ShardEffect& effect);
  void publish();

  ShardEffects effects_;  // reused
  Published published_;
  SimTime publish_at_{};
};

}  // namespace chargemill::central
