#include "runtime/engine/lean_actor.hpp"

#include <algorithm>
#include <caf/detail/sync_request_bouncer.hpp>
#include <caf/exit_reason.hpp>
#include <caf/sec.hpp>
#include <caf/system_messages.hpp>
#include <exception>

#include "runtime/base/assert.hpp"
#include "runtime/engine/coordinator.hpp"

namespace chargemill::runtime {

LeanActor::LeanActor(caf::actor_config& cfg)
    : local_actor(cfg), home_(static_cast<Worker*>(nullptr)) {
  auto& engine = Coordinator::of(home_system());
  // A host that is a worker is the home; a spawn from elsewhere takes the next worker in turn.
  for (unsigned i = 0; i < engine.workers() && home_ == nullptr; ++i) {
    if (cfg.host == &engine.worker(i)) home_ = &engine.worker(i);
  }
  if (home_ == nullptr) home_ = &engine.worker(static_cast<unsigned>(id() % engine.workers()));
  if (!home_->is_virtual()) return;
  number_ = engine.next_entity();
  armed_ns_ = INT64_MAX;
}

LeanActor::~LeanActor() = default;

void LeanActor::launch(caf::execution_unit*, bool, bool hide) {
  if (!hide) register_at_system();
  // The engine's own reference; Worker::release_the_dead() gives it back.
  caf::intrusive_ptr_add_ref(ctrl());
  home_->hand_over(this);
}

void LeanActor::enqueue(caf::mailbox_element_ptr what, caf::execution_unit*) {
  Worker::deliver_from_anywhere(this, what.release());
}

bool LeanActor::cleanup(caf::error&& reason, caf::execution_unit* host) {
  // Past local_actor, which would tell CAF's clock thread about each single end: it knows none of
  // our timers, and a million such events pass through a ring of 63 slots.
  // NOLINTNEXTLINE(bugprone-parent-virtual-call): on purpose, as said
  return monitorable_actor::cleanup(std::move(reason), host);
}

Reactor::AfterFailure Reactor::on_failure(std::string_view) { return AfterFailure::terminate; }

// Only once the actor has come through the inbound queue: a sender that found the mailbox empty may
// not have linked it there yet, and after an early take a second sender would link it again.
void LeanActor::take_arrived() {
  if (!flags_.arrived) return;
  flags_.arrived = false;
  home_->waiting_[actor_kind_] += static_cast<std::uint32_t>(local_.append(remote_.take_all()));
  home_->publish_mailboxes();
}

bool LeanActor::activate(std::size_t messages_max) {
  take_arrived();
  std::size_t handled = 0;
  while (handled < messages_max) {
    caf::mailbox_element* const element = local_.pop();
    if (element == nullptr) break;
    handle(*element);
    element->request_deletion(false);
    ++handled;
    if (flags_.terminated) break;
  }
  home_->waiting_[actor_kind_] -= static_cast<std::uint32_t>(handled);
  Worker::count(home_->counters_.messages, handled);
  if (flags_.terminated) return false;
  if (!local_.empty()) home_->schedule(this);
  return true;
}

void LeanActor::handle(caf::mailbox_element& element) {
  if (is_packet(element)) {
    const auto& packet = static_cast<const PacketBase&>(element);
    return handle(Message{element.mid.integer_value(), packet.data()});
  }
  try {
    handle_foreign(element);
  } catch (const std::exception& e) {
    failed(e.what());
  } catch (...) {
    failed("an exception that is no std::exception");
  }
}

void LeanActor::handle(const Message& m) {
  try {
    reactor().on_message(m);
  } catch (const std::exception& e) {
    failed(e.what());
  } catch (...) {
    failed("an exception that is no std::exception");
  }
}

void LeanActor::handle_foreign(caf::mailbox_element& element) {
  auto& content = element.content();
  if (content.match_elements<caf::exit_msg>()) {
    auto& m = content.get_mutable_as<caf::exit_msg>(0);
    // A linked actor's normal end is no reason to end (CAF's rule).
    if (m.reason) terminate(std::move(m.reason));
    return;
  }
  if (content.match_elements<caf::down_msg>())
    return reactor().on_down(content.get_as<caf::down_msg>(0));
  struct Current {  // also when the handler throws
    caf::mailbox_element*& place;
    ~Current() { place = nullptr; }
  };
  const Current current{current_element_ = &element};
  reactor().on_message(Message{element});
}

void LeanActor::fire() {
  if (!home_->is_virtual()) timer_ = TimerId{};
  wake_due_ = kNever;
  try {
    reactor().on_wake();
  } catch (const std::exception& e) {
    failed(e.what());
  } catch (...) {
    failed("an exception that is no std::exception");
  }
}

void LeanActor::failed(std::string_view what) {
  Worker::count(home_->counters_.failures);
  if (flags_.terminated) return;
  if (reactor().on_failure(what) == AfterFailure::terminate) terminate(caf::sec::runtime_error);
}

void LeanActor::drop(const Message& m) {
  home_->lose();
  const auto sender = m.sender();
  if (sender == nullptr || current_element_ == nullptr || !current_message_id().is_request())
    return;
  sender->enqueue(nullptr, current_message_id().response_id(),
                  caf::make_message(caf::make_error(caf::sec::unexpected_message)), home_);
}

void LeanActor::quit(caf::error reason) { terminate(std::move(reason)); }

void LeanActor::terminate(caf::error&& reason) {
  if (flags_.terminated) return;
  flags_.terminated = true;
  if (!home_->is_virtual()) home_->wheel_.cancel(timer_);
  cleanup(std::move(reason), home_);
  unregister_from_system();
  caf::mailbox_element* const late = remote_.close();
  // Whoever launched it, or pushed the first of these, is about to put it into the inbound queue,
  // or has done so.
  const bool awaits_arrival = !flags_.adopted || late != nullptr;
  home_->bury(this, awaits_arrival && !flags_.arrived);
  (void)discard(late);
  home_->waiting_[actor_kind_] -= static_cast<std::uint32_t>(discard(local_.take_all()));
}

std::size_t LeanActor::discard(caf::mailbox_element* list) noexcept {
  std::size_t count = 0;
  while (list != nullptr) {
    auto* const next = static_cast<caf::mailbox_element*>(list->next);
    home_->lose();
    if (!is_packet(*list)) {
      caf::detail::sync_request_bouncer bounce{caf::exit_reason::unreachable};
      bounce(*list);
    }
    list->request_deletion(false);
    list = next;
    ++count;
  }
  return count;
}

void LeanActor::wake_at(SimTime due) {
  if (due == wake_due_ || flags_.terminated) return;
  if (home_->is_virtual()) {
    wake_due_ = due;  // the worker looks once the handler is done
    return;
  }
  home_->wheel_.cancel(timer_);
  wake_due_ = due;
  if (flags_.parked) return;  // armed when it goes on
  // What is due already is due when it is asked for; it is the engine's lateness only from then on.
  timer_ = due == kNever ? TimerId{} : home_->wheel_.arm(std::max(due, home_->now()), this);
}

Nanos LeanActor::time_since(SimTime due) const noexcept {
  if (home_->is_virtual()) return std::max(now() - due, Nanos{0});
  return home_->coordinator().model_clock().lateness(due, ModelClock::wall_now());
}

}  // namespace chargemill::runtime
