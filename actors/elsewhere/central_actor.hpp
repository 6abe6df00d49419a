#pragma once

#include "actors/elsewhere/central.hpp"
#include "actors/shell/core_actor.hpp"
#include "runtime/observe/published.hpp"

namespace chargemill::elsewhere {

/// The shell around `step`: whatever is sent to a shard, or to central, reaches it as it is.
class CentralActor final : public CoreActor<CentralActor, State, Event> {
 public:
  static constexpr ActorKind kKind = ActorKind::central;

  /// `link` outlives this.
  CentralActor(caf::actor_config& cfg, State initial, const Switchboard& network, Link& link)
      : CoreActor(cfg, std::move(initial), network), link_(link) {
    published_.store(state_.totals);
  }
  const char* name() const override { return "elsewhere"; }

  /// How things stood a moment ago. Any thread.
  [[nodiscard]] central::ShardTotals look() const noexcept { return published_.load(); }

 private:
  friend CoreActor;
  void run(const Event& event);
  void on_other(const runtime::Message& m);
  void perform(const Effect& effect);
  void measure(const Detected& e);

  Link& link_;
  Effects effects_;  // reused
  runtime::Published<central::ShardTotals> published_;
  SimTime publish_at_{};
};

}  // namespace chargemill::elsewhere
