#pragma once

#include <memory>

#include "actors/central/clerk.hpp"
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

  /// From now on `sink`, of the home worker, keeps the records; it outlives this. Before the first
  /// message. Whoever moves the journal sends JournalMoved if the waiter asks for it.
  archive::Waiter& record_into(archive::RecordSink& sink);
  /// The last records of a run. For whoever has frozen the engine.
  void close_journal() {
    if (clerk_ != nullptr) clerk_->close(state_);
  }
  /// For whoever has frozen the engine; null: nothing is recorded.
  [[nodiscard]] const Clerk* clerk() const noexcept { return clerk_.get(); }
  /// How things stood a moment ago. Any thread.
  [[nodiscard]] ShardTotals look() const noexcept { return published_.load(); }
  void foresee(const runtime::Message& m) const override;
  [[nodiscard]] bool foresees() const override { return true; }

 private:
  friend CoreActor;
  void run(const ShardEvent& event);
  void on_other(const runtime::Message& m);
  void perform(const ShardEffect& effect);
  void carry(bool has_moved);
  void publish();

  ShardEffects effects_;  // reused
  std::unique_ptr<Clerk> clerk_;
  runtime::Published<ShardTotals> published_;
  SimTime publish_at_{};
};

}  // namespace chargemill::central
