#pragma once

#include "actors/central/shard.hpp"
#include "actors/shell/core_actor.hpp"
#include "runtime/observe/published.hpp"

namespace chargemill::central {

/// The shell around `step`.
class ShardActor final : public CoreActor<ShardActor, ShardState, ShardEvent> {
 public:
  ShardActor(caf::actor_config& cfg, ShardState initial, const Switchboard& network)
      : CoreActor(cfg, std::move(initial), network) {
    published_.store(state_.totals);  // whoever looks before the first event sees all points
  }
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
  runtime::Published<ShardTotals> published_;
  SimTime publish_at_{};
};

}  // namespace chargemill::central
