// What a worker calls: the handlers of a lean actor.
#pragma once

#include <caf/fwd.hpp>
#include <caf/mailbox_element.hpp>
#include <caf/system_messages.hpp>
#include <string_view>

#include "runtime/engine/inbound_queue.hpp"
#include "runtime/engine/packet.hpp"

namespace chargemill::runtime {

/// A message on its way in: a view, valid during on_message() only.
class Message {
 public:
  /// Of a lean actor.
  Message(std::uint64_t tag, const void* content) noexcept : tag_(tag), content_(content) {}
  /// Of an ordinary CAF actor.
  explicit Message(caf::mailbox_element& element) noexcept : element_(&element) {}

  /// The content if it is a T, else nullptr. Sees messages of lean actors and single-value messages
  /// of ordinary CAF actors alike.
  template <class T>
  [[nodiscard]] const T* get_if() const noexcept {
    if (tag_ == Packet<T>::tag()) return static_cast<const T*>(content_);
    if (element_ == nullptr) return nullptr;
    const auto& content = element_->content();
    return content.match_elements<T>() ? &content.get_as<T>(0) : nullptr;
  }
  /// The CAF actor that sent it; null for those of lean actors, whose content says what matters.
  [[nodiscard]] caf::strong_actor_ptr sender() const noexcept {
    return element_ == nullptr ? nullptr : element_->sender;
  }

 private:
  std::uint64_t tag_ = 0;
  const void* content_ = nullptr;
  caf::mailbox_element* element_ = nullptr;
};

/// A base of its own, so that the pointer to the handlers lies in the middle of a lean actor, where
/// everything else lies that an activation reads, and not before CAF's 160 bytes, which it does
/// not.
///
/// Threads: all handlers run on the actor's home worker, never two at once.
class Reactor : public InboundNode {
 public:
  /// What becomes of an actor whose handler threw.
  enum class AfterFailure { terminate, survive };

  /// Handles one message. Never blocks.
  virtual void on_message(const Message& m) = 0;
  /// The time that wake_at() named has come; now() is that time, however late the worker is.
  virtual void on_wake() {}
  /// An actor that this one monitors is gone.
  virtual void on_down(const caf::down_msg&) {}
  /// A handler threw; `what` says what. A supervised actor tells its supervisor and survives as an
  /// empty shell until it is restarted; by default the actor terminates. Either way no other actor
  /// is affected.
  virtual AfterFailure on_failure(std::string_view what);
  /// `m` will come soon: in virtual time some arrivals later, in real time it has just been put
  /// into this actor's mailbox by one of the same worker. A chance to prefetch what its handling
  /// will touch, nothing else. Called only if foresees() says so, which is asked once.
  virtual void foresee(const Message& m) const { (void)m; }
  [[nodiscard]] virtual bool foresees() const { return false; }
  /// Real time: the timer will fire soon. The same chance, for what on_wake() will touch beside
  /// this actor's own data, which the worker fetches.
  virtual void foresee_wake() const {}

 protected:
  Reactor() noexcept : InboundNode(Kind::lean) {}
  ~Reactor() = default;
};

}  // namespace chargemill::runtime
