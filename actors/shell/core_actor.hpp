// The shell that all actors share: it carries events to a core and its effects to whom they
// concern.
#pragma once

#include <string_view>
#include <utility>
#include <variant>

#include "actors/shell/injected_crash.hpp"
#include "actors/shell/instruments.hpp"
#include "actors/shell/label.hpp"
#include "actors/shell/switchboard.hpp"
#include "runtime/engine/lean_actor.hpp"

namespace chargemill {

/// `Self` names its core by the types State and Event and has
///     void run(const Event&)      steps the core and performs the effects
/// A message is the receiver's Event; the timer is its Tick.
template <class Self, class State, class Event>
class CoreActor : public runtime::LeanActor {
 public:
  CoreActor(caf::actor_config& cfg, State initial, const Switchboard& network)
      : LeanActor(cfg), network_(network), state_(std::move(initial)) {}

  /// For whoever has frozen the engine.
  [[nodiscard]] const State& state() const noexcept { return state_; }
  /// Likewise: what is kept of it (runtime/saved).
  template <class V>
  void fields(V& v) {
    v(state_);
  }

 protected:
  void on_message(const runtime::Message& m) override {
    const auto* event = m.get_if<Event>();
    if (event == nullptr) return static_cast<Self*>(this)->on_other(m);
    static_cast<Self*>(this)->run(*event);
  }
  /// Of an actor that nobody restarts (a supervisor, a seat or a stand-in for what is outside): it
  /// stays, so that its address does, and the run ends.
  AfterFailure on_failure(std::string_view what) override {
    network_.failures->report(name(), what);
    return AfterFailure::survive;
  }
  /// Of an actor that is restarted: tells of it unless a scenario wanted it.
  void tell_defect(std::string_view what) const {
    if (!is_injected(what)) network_.failures->survive(name(), what);
  }
  /// What is no event of the core; a shell that knows some hides this.
  void on_other(const runtime::Message& m) { drop(m); }
  void on_wake() override { static_cast<Self*>(this)->run(Event{Tick{}}); }

  /// Sends `message` as one of the events of `Receiver`'s core.
  template <class ReceiverEvent, class M>
  void tell(runtime::Address to, const M& message) {
    send(to, ReceiverEvent{message});
  }

  /// Those of the home worker.
  [[nodiscard]] Instruments& instruments() const { return *network_.instruments[worker().index()]; }

  /// Shows `what` on this actor's console, if anybody looks.
  template <class What>
  void show(const What& what) const {
    if (network_.consoles.empty()) return;
    network_.consoles[worker().index()]->say({now(), what});
  }

  // Before the state: an activation reads this and the state's first fields, and nothing else if
  // the event is a common one.
  const Switchboard& network_;  // outlives this
  State state_;
};

}  // namespace chargemill
