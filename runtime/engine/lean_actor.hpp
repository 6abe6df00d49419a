// The actor of this engine: an address, a mailbox, one timer, one virtual call a message.
#pragma once

#include <algorithm>
#include <caf/actor.hpp>
#include <caf/local_actor.hpp>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "runtime/engine/address.hpp"
#include "runtime/engine/mailbox.hpp"
#include "runtime/engine/model_clock.hpp"
#include "runtime/engine/packet.hpp"
#include "runtime/engine/reactor.hpp"
#include "runtime/engine/timing_wheel.hpp"

namespace chargemill::runtime {

class Worker;

/// The thinnest CAF actor. To all others it is an ordinary caf::actor: anon_send, monitor, exit and
/// down messages work.
///
/// Threads: anyone may enqueue; everything virtual runs on the actor's home worker, never twice at
/// once. The home is the worker of the actor that spawned it, or the one that Coordinator::spawn
/// names, and never changes.
/// Lifetime: the engine holds one reference from launch until the actor terminates (quit, an exit
/// message, an exception that on_failure does not survive, the end of the engine).
class LeanActor : public caf::local_actor, public Reactor {
 public:
  // What caf::actor_system::spawn needs to know.
  using signatures = caf::none_t;
  using behavior_type = caf::behavior;

  explicit LeanActor(caf::actor_config& cfg);
  ~LeanActor() override;
  LeanActor(const LeanActor&) = delete;
  LeanActor& operator=(const LeanActor&) = delete;

  /// Sends a packet from a thread that is no worker (or from any). Ordered per sending thread.
  template <class T>
  static void post(LeanActor* to, const T& content);

  /// Its number in virtual time.
  [[nodiscard]] Entity entity() const noexcept { return number_; }
  /// What it is called where the slowest are listed (Worker::slowest_ticks), to whoever knows what
  /// it means; 0: nothing.
  [[nodiscard]] virtual std::uint64_t label() const noexcept { return 0; }

  /// What its messages are counted as while they wait (WorkerCounters): below kActorKindsMax.
  static constexpr std::uint8_t kKind = 0;
  /// How much of the object an activation touches, for prefetching; an actor whose own data is
  /// mostly cold says less.
  static constexpr std::size_t kHotBytes = 640;
  /// CAF's part of the object ends in the middle of this line; what comes before it is not read.
  static constexpr std::size_t kFirstHotByte = 128;

  // caf::abstract_actor, caf::local_actor
  void enqueue(caf::mailbox_element_ptr what, caf::execution_unit* host) override;
  void launch(caf::execution_unit* host, bool lazy, bool hide) override;
  bool cleanup(caf::error&& reason, caf::execution_unit* host) override;
  const char* name() const override { return "lean-actor"; }

 protected:
  /// Sends from inside a handler. Local to the worker: no lock, no atomic operation.
  template <class T>
  void send(Address to, const T& content);
  /// Virtual time only: sends a packet that arrives after `delay`. Requires a delay of at least the
  /// engine's latency.
  template <class T>
  void send_after(Address to, Nanos delay, const T& content);
  /// Sends to an ordinary CAF actor.
  template <class T>
  void send(const caf::actor& to, const T& content);
  /// Counts and forgets a message that this actor does not know; a CAF request gets an error.
  void drop(const Message& m);
  /// Ends this actor after the present message.
  void quit(caf::error reason = caf::exit_reason::normal);
  /// Asks for on_wake() at `due`; replaces the former wish; kNever: none.
  void wake_at(SimTime due);

  /// The engine's model time; one value for one message or wake-up.
  [[nodiscard]] SimTime now() const noexcept;
  /// Wall time since `due` should have been handled: what a latency from the due time is. In
  /// virtual time, where the wall means nothing: model time since `due`.
  [[nodiscard]] Nanos time_since(SimTime due) const noexcept;
  [[nodiscard]] Worker& worker() const noexcept { return *home_; }
  /// Real time, for foresee_wake(): fetches what an activation of `to`, a T, reads, if it lives on
  /// this worker.
  template <class T>
  void foresee_activation(Address to) const noexcept;

 private:
  friend class Worker;
  friend class Address;
  friend class Coordinator;

  /// Puts what came from outside behind what waits.
  void take_arrived();
  /// Runs what waits; returns false once the actor has terminated.
  bool activate(std::size_t messages_max);
  void fire();
  /// The handlers, by the pointer that lies beside the rest of what an activation reads.
  [[nodiscard]] Reactor& reactor() noexcept { return *this; }
  void handle(caf::mailbox_element& element);
  void handle(const Message& m);
  void handle_foreign(caf::mailbox_element& element);
  void failed(std::string_view what);
  void terminate(caf::error&& reason);
  /// Forgets what waits, and says how much; CAF requests among it are answered with an error.
  std::size_t discard(caf::mailbox_element* list) noexcept;

  [[nodiscard]] static constexpr std::uint8_t lines_of(std::size_t bytes) noexcept {
    return static_cast<std::uint8_t>((bytes - kFirstHotByte + 63) / 64);
  }

  struct Flags {
    bool scheduled : 1;   // in the ready ring
    bool terminated : 1;  // waits to be released
    bool arrived : 1;     // came through the inbound queue since remote_ was last emptied
    bool adopted : 1;     // its worker knows it
    bool foresees : 1;    // real time: wants to hear of what is put into its mailbox
    bool parked : 1;      // it rests (Coordinator::Parking): what comes for it waits
    Flags() noexcept
        : scheduled(false),
          terminated(false),
          arrived(false),
          adopted(false),
          foresees(false),
          parked(false) {}
  };

  // All below: written by the home worker only, except remote_ (see there) and, before launch,
  // home_. Small ones first: they share the padding of InboundNode. With the handlers' pointer
  // these are 64 bytes; of what lies before them, CAF's own, an activation reads nothing.
  Flags flags_;
  std::uint8_t lines_ = 2;       // cache lines worth prefetching, from kFirstHotByte on
  std::uint8_t actor_kind_ = 0;  // its kKind, where a message to it reads anyway
  std::uint32_t number_ = 0;     // virtual time: the entity; else where the worker lists it
  Worker* home_;
  RemoteMailbox remote_;
  LocalMailbox local_;
  SimTime wake_due_ = kNever;
  union {
    TimerId timer_{};        // real and hand-moved time: in the wheel
    std::int64_t armed_ns_;  // virtual time: the earliest of its timers in the calendar
  };
};

}  // namespace chargemill::runtime

#include "runtime/engine/worker.hpp"

namespace chargemill::runtime {

inline SimTime LeanActor::now() const noexcept { return home_->now(); }

inline Address::Address(const LeanActor* actor) noexcept {
  if (actor == nullptr) return;
  if (actor->home_->is_virtual()) {
    *this = of(actor->number_, actor->home_->index());
  } else {
    bits_ = reinterpret_cast<std::uintptr_t>(actor) |
            (std::uintptr_t{actor->home_->index()} << kHomeShift);
  }
}

template <class T>
void LeanActor::send(Address to, const T& content) {
  if (home_->is_virtual()) return home_->mail(to, content, number_);
  home_->deliver(to, content);
}

template <class T>
void LeanActor::send_after(Address to, Nanos delay, const T& content) {
  home_->mail_after(to, content, number_, delay);
}

template <class T>
void LeanActor::foresee_activation(Address to) const noexcept {
  home_->fetch_resident(to, std::min(sizeof(T), T::kHotBytes));
}

template <class T>
void LeanActor::post(LeanActor* to, const T& content) {
  Worker::deliver_from_anywhere(to, Packet<T>::make(content));
}

template <class T>
void LeanActor::send(const caf::actor& to, const T& content) {
  to->enqueue(
      caf::make_mailbox_element(caf::strong_actor_ptr{ctrl()}, caf::make_message_id(), {}, content),
      home_);
}

}  // namespace chargemill::runtime
