// The shell of actors that nobody can do without: they fail and come back as others do, and the run
// ends only when they are given up.
#pragma once

#include <string_view>

#include "actors/shell/core_actor.hpp"
#include "actors/supervisor/supervisor.hpp"

namespace chargemill {

/// `Self` names besides what CoreActor wants:
///     static constexpr ActorKind kKind
///     std::uint32_t number() const    whose supervisor restarts it, by shard, and its own index
/// What such an actor knows nobody else holds, so a restart keeps its state; the event that it
/// failed in is lost, and its timer rests until the supervisor says Restart.
template <class Self, class State, class Event>
class EssentialActor : public CoreActor<Self, State, Event> {
 public:
  using CoreActor<Self, State, Event>::CoreActor;
  [[nodiscard]] std::uint64_t label() const noexcept override {
    return to_word({Self::kKind, self().number()});
  }
  template <class V>
  void fields(V& v) {
    v(this->state_, is_resting_);
  }

 protected:
  runtime::Reactor::AfterFailure on_failure(std::string_view what) override {
    this->tell_defect(what);
    is_resting_ = true;
    this->wake_at(kNever);
    tell_supervisor();
    return runtime::Reactor::AfterFailure::survive;
  }
  /// Crash harms it as it harms a charge point, Restart ends its rest.
  void on_other(const runtime::Message& m) {
    if (m.get_if<Crash>() != nullptr) throw InjectedCrash{};
    if (m.get_if<Restart>() == nullptr) return this->drop(m);
    is_resting_ = false;
    rest_until(due(this->state_));
  }
  /// The next Tick, once it works.
  void rest_until(SimTime due) { this->wake_at(is_resting_ ? kNever : due); }
  void tell_supervisor() {
    const std::uint32_t number = self().number();
    this->template tell<supervisor::Event>(this->network_.supervisors[number],
                                           ChildFailed{this->now(), number, Self::kKind});
  }

 private:
  [[nodiscard]] const Self& self() const { return static_cast<const Self&>(*this); }

  bool is_resting_ = false;  // between a failure and its Restart
};

}  // namespace chargemill
