#include "runtime/engine/parking.hpp"

#include <algorithm>
#include <caf/exit_reason.hpp>

#include "runtime/base/assert.hpp"
#include "runtime/engine/entered.hpp"

namespace chargemill::runtime {
namespace {

/// Whoever has an actor's address at hand says what it has to say within this.
constexpr std::chrono::seconds kRemembered{10};

}  // namespace

Coordinator::Parking::Parking(Coordinator& engine) : engine_(engine) {
  CHARGEMILL_ASSERT(engine.options_.pacing != Pacing::virtual_time);
}

void Coordinator::Parking::settle() {
  bool any = true;
  while (any) {
    any = false;
    for (auto& worker : engine_.workers_) any = worker->run_ready() || any;
  }
}

SimTime Coordinator::Parking::park(LeanActor& actor) {
  CHARGEMILL_ASSERT(!actor.flags_.parked && !actor.flags_.terminated);
  actor.flags_.parked = true;
  actor.home_->wheel_.cancel(actor.timer_);
  actor.timer_ = TimerId{};
  return actor.wake_due_;
}

void Coordinator::Parking::resume(LeanActor& actor, SimTime due) {
  Worker& home = *actor.home_;
  const Worker::Entered entered{&home};
  home.drain_inbound();  // a new one has its place then
  CHARGEMILL_ASSERT(actor.flags_.adopted && !actor.flags_.terminated);
  actor.flags_.parked = false;
  actor.wake_due_ = kNever;
  actor.wake_at(due);
  home.schedule(&actor);
}

std::size_t Coordinator::Parking::end(LeanActor& actor,
                                      const std::function<void(const Message&)>& left) {
  CHARGEMILL_ASSERT(actor.flags_.parked);
  Worker& home = *actor.home_;
  const Worker::Entered entered{&home};
  home.drain_inbound();
  actor.take_arrived();
  std::size_t count = 0;
  while (caf::mailbox_element* const element = actor.local_.pop()) {
    if (left && is_packet(*element)) {
      const auto& packet = static_cast<const PacketBase&>(*element);
      left(Message{element->mid.integer_value(), packet.data()});
    }
    element->request_deletion(false);
    --home.waiting_[actor.actor_kind_];
    ++count;
  }
  const auto now = ModelClock::wall_now();
  auto& departed = engine_.departed_;  // in order of time
  const auto fresh = std::find_if(departed.begin(), departed.end(), [now](const auto& one) {
    return now - one.first <= kRemembered;
  });
  departed.erase(departed.begin(), fresh);
  departed.emplace_back(now, caf::strong_actor_ptr{actor.ctrl()});
  actor.terminate(caf::exit_reason::normal);
  return count;
}

void Coordinator::Parking::deliver(Address to, PacketBase* packet) {
  LeanActor* const actor = to.actor();
  Worker& home = *actor->home_;
  const Worker::Entered entered{&home};
  home.drain_inbound();  // what came before is before it
  actor->take_arrived();
  home.deliver_here(actor, packet);
}

Address Coordinator::Parking::leave(Entity number, unsigned node) {
  CHARGEMILL_ASSERT(number > 0 && number <= engine_.places_.size());
  CHARGEMILL_ASSERT(node < engine_.options_.nodes && node != engine_.options_.node);
  return engine_.places_[number - 1] = Address::elsewhere(number, engine_.workers() + node);
}

void Coordinator::Parking::take_back(Entity number, LeanActor& actor) {
  CHARGEMILL_ASSERT(number > 0 && number <= engine_.places_.size());
  engine_.places_[number - 1] = Address{static_cast<const LeanActor*>(&actor)};
}

}  // namespace chargemill::runtime
