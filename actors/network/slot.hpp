// A word that the driving thread writes now and then, and that any thread reads.
#pragma once

#include <atomic>

namespace chargemill::network {

/// Who is where while shards change hands: the address of an actor, or null; the number of a node.
/// Copied only while the network is built, by one thread.
template <class Word>
class Slot {
 public:
  // NOLINTBEGIN(google-explicit-constructor): it stands for its word
  Slot(Word word = {}) noexcept : word_(word) {}
  // acquire: what it names is whole; pairs with release in operator=().
  operator Word() const noexcept { return word_.load(std::memory_order_acquire); }
  // NOLINTEND(google-explicit-constructor)
  Slot(const Slot& other) noexcept : word_(Word{other}) {}
  Slot& operator=(const Slot& other) noexcept { return *this = Word{other}; }
  Slot& operator=(Word word) noexcept {
    word_.store(word, std::memory_order_release);  // release: pairs with acquire above
    return *this;
  }
  ~Slot() = default;
  /// Of a pointer.
  Word operator->() const noexcept { return *this; }

 private:
  std::atomic<Word> word_;  // written by the driving thread
  static_assert(std::atomic<Word>::is_always_lock_free);
};

/// Where an actor of this node is, or null.
template <class Actor>
using ActorSlot = Slot<Actor*>;

}  // namespace chargemill::network
