#pragma once

#include <memory>
#include <utility>

#include "actors/central/clerk.hpp"
#include "actors/central/fenced.hpp"
#include "actors/central/shard.hpp"
#include "actors/shell/core_actor.hpp"
#include "runtime/agreement/token_gate.hpp"
#include "runtime/observe/published.hpp"

namespace chargemill::central {

/// Records that are not in the journal as they were: there was no room.
struct Unwritten {
  std::uint64_t merged = 0;  ///< a later one stands for it
  std::uint64_t lost = 0;    ///< beyond all bounds
};

/// The shell around `step`.
class ShardActor final : public CoreActor<ShardActor, ShardState, ShardEvent> {
 public:
  static constexpr ActorKind kKind = ActorKind::shard;

  ShardActor(caf::actor_config& cfg, ShardState initial, const Switchboard& network)
      : CoreActor(cfg, std::move(initial), network), zones_(state_.zones.size()) {
    for (std::size_t i = 0; i < zones_.size(); ++i) zones_[i].zone = state_.zones[i].zone;
    show();  // whoever looks before the first event sees all points
  }
  const char* name() const override { return "shard"; }
  [[nodiscard]] std::uint64_t label() const noexcept override {
    return to_word({ActorKind::shard, index_of(state_.settings.shard)});
  }

  /// From now on `sink`, of the home worker, keeps the records; it outlives this. Before the first
  /// message. Whoever moves the journal sends JournalMoved if the waiter asks for it.
  archive::Waiter& record_into(archive::RecordSink& sink);
  /// Requires record_into().
  [[nodiscard]] archive::Waiter& waiter() noexcept { return clerk_->waiter(); }
  /// The journal shows at once that it is here now.
  void begin_round() {
    if (clerk_ != nullptr) clerk_->begin_round();
  }
  /// The last records of a run. For whoever has frozen the engine.
  void close_journal(Clerk::ReadMeter read_meter) {
    if (clerk_ != nullptr) clerk_->close(state_, std::move(read_meter));
  }
  /// From now on it obeys no central with a lower token. For whoever has stopped its worker.
  void fence(std::int64_t token) noexcept {
    (void)gate_.admits(runtime::agreement::Revision{token});
  }
  /// For whoever has frozen the engine; null: nothing is recorded.
  [[nodiscard]] const Clerk* clerk() const noexcept { return clerk_.get(); }
  /// How things stood a moment ago. Any thread.
  [[nodiscard]] ShardTotals look() const noexcept { return published_.load(); }
  [[nodiscard]] WatchTotals watch() const noexcept { return watch_.load(); }
  [[nodiscard]] Unwritten unwritten() const noexcept { return unwritten_.load(); }
  /// Calls visit(ZoneId, ZoneTotals) for each zone that has points here, as of a moment ago. Any
  /// thread: which zones these are never changes.
  template <class F>
  void for_each_zone(F visit) const {
    for (const ShownZone& shown : zones_) visit(shown.zone, shown.totals.load());
  }
  /// What is kept of it (runtime/saved), for whoever has frozen the engine. What it shows to others
  /// is shown anew; fences are of real time.
  template <class V>
  void fields(V& v) {
    v(state_, publish_at_, has_failed_);
    v.same(clerk_ != nullptr ? 1 : 0);
    if (clerk_ != nullptr) v(*clerk_);
    if constexpr (V::kReads) show();
  }
  void foresee(const runtime::Message& m) const override;
  [[nodiscard]] bool foresees() const override { return true; }

 private:
  friend CoreActor;
  AfterFailure on_failure(std::string_view what) override;
  struct ShownZone {
    ZoneId zone{};
    runtime::Published<ZoneTotals> totals;
  };
  void run(const ShardEvent& event);
  void on_other(const runtime::Message& m);
  void obey(const Fenced& order);
  void perform(const ShardEffect& effect);
  void measure(const Detected& e);
  void carry(bool has_moved);
  void publish();
  void show();

  ShardEffects effects_;  // reused
  std::unique_ptr<Clerk> clerk_;
  runtime::Published<ShardTotals> published_;
  runtime::Published<WatchTotals> watch_;
  runtime::Published<Unwritten> unwritten_;
  std::vector<ShownZone> zones_;  // as state_.zones at the beginning; never grows
  SimTime publish_at_{};
  runtime::agreement::TokenGate gate_;
  bool has_failed_ = false;  // and nobody has brought it back
};

}  // namespace chargemill::central
