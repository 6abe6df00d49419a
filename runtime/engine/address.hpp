// Where a lean actor can be reached.
#pragma once

#include <cstddef>
#include <cstdint>

#include "runtime/engine/arrival.hpp"

namespace chargemill::runtime {

class LeanActor;
class Worker;

/// It does not keep the actor alive: addresses are for actors that live as long as their engine,
/// and the engine holds every actor until it terminates. Eight bytes: a pointer, in virtual time
/// the entity, and the home, so that sending elsewhere does not touch the receiver's memory.
class Address {
 public:
  Address() = default;
  // NOLINTBEGIN(google-explicit-constructor): wherever an address is asked for, an actor will do
  Address(std::nullptr_t) noexcept {}
  inline Address(const LeanActor* actor) noexcept;
  // NOLINTEND(google-explicit-constructor)
  /// Virtual time: of the actor with this number, which lives at the worker `home`. For models that
  /// compute whom they write to.
  [[nodiscard]] static Address of(Entity entity, std::uint32_t home) noexcept {
    Address result;
    result.bits_ = (std::uintptr_t{entity} << kEntityShift) | (std::uintptr_t{home} << 1U) | 1U;
    return result;
  }
  /// Real time: of the actor with this number on another node; `home` is the node's, beyond those
  /// of the workers.
  [[nodiscard]] static Address elsewhere(Entity entity, std::uint32_t home) noexcept {
    Address result;
    result.bits_ = (std::uintptr_t{home} << kHomeShift) | entity;
    return result;
  }

  friend bool operator==(Address a, Address b) noexcept { return a.bits_ == b.bits_; }
  friend bool operator!=(Address a, Address b) noexcept { return a.bits_ != b.bits_; }

 private:
  friend class Worker;
  friend class Coordinator;
  static constexpr unsigned kEntityShift = 24;

  static constexpr unsigned kHomeShift = 48;  // user-space addresses are shorter

  // Real and hand-moved time.
  [[nodiscard]] LeanActor* actor() const noexcept {
    // NOLINTNEXTLINE(performance-no-int-to-ptr): it was one
    return reinterpret_cast<LeanActor*>(bits_ & ((std::uintptr_t{1} << kHomeShift) - 1));
  }
  [[nodiscard]] std::uint32_t worker() const noexcept {
    return static_cast<std::uint32_t>(bits_ >> kHomeShift);
  }
  // Virtual time.
  [[nodiscard]] Entity entity() const noexcept {
    return static_cast<Entity>(bits_ >> kEntityShift);
  }
  [[nodiscard]] std::uint32_t home() const noexcept {
    return static_cast<std::uint32_t>(bits_ >> 1U) & ((1U << (kEntityShift - 1)) - 1);
  }

  std::uintptr_t bits_ = 0;
};
static_assert(sizeof(std::uintptr_t) == 8);

}  // namespace chargemill::runtime
