// A message in virtual time: its type and its content, nothing else.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <type_traits>
#include <vector>

#include "runtime/engine/packet.hpp"

namespace chargemill::runtime {

/// What a receiver reads. The content follows the tag.
struct Letter {
  std::uint64_t tag;

  [[nodiscard]] const void* content() const noexcept { return this + 1; }
};

template <class T>
struct LetterOf : Letter {
  static_assert(std::is_trivially_copyable_v<T> && std::is_trivially_destructible_v<T>);
  static_assert(alignof(T) <= alignof(Letter));
  explicit LetterOf(const T& what) noexcept : Letter{Packet<T>::tag()}, content(what) {}
  const T content;
};

/// Room for the letters of one window: written one after the other, forgotten at once.
/// Threads: one writes; the receivers' threads read, between two meetings at the barrier.
class LetterArena {
 public:
  [[nodiscard]] void* allocate(std::size_t bytes) {
    if (bytes > left_) next_chunk(bytes);
    void* const result = at_;
    at_ += bytes;
    left_ -= bytes;
    return result;
  }
  /// All letters are gone; the memory stays.
  void reset() noexcept {
    used_ = 0;
    left_ = 0;
  }

 private:
  static constexpr std::size_t kChunk = std::size_t{1} << 18U;

  void next_chunk(std::size_t bytes);

  std::byte* at_ = nullptr;
  std::size_t left_ = 0;
  std::size_t used_ = 0;  // chunks
  std::vector<std::unique_ptr<std::byte[]>> chunks_;
};

/// A letter on its way, and how it is given back. Every message is either empty (nothing to give
/// back), in the arena of its window, or on its own (when it travels further than that).
class LetterPtr {
 public:
  LetterPtr() = default;

  /// Requires a window that is open, and that ends before the letter arrives.
  template <class T>
  [[nodiscard]] static LetterPtr in_window(LetterArena& arena, const T& content) {
    if constexpr (std::is_empty_v<T>) return empty<T>();
    constexpr std::size_t kBytes = (sizeof(LetterOf<T>) + 7) / 8 * 8;
    return LetterPtr{new (arena.allocate(kBytes)) LetterOf<T>(content), kKept};
  }
  template <class T>
  [[nodiscard]] static LetterPtr on_its_own(const T& content) {
    if constexpr (std::is_empty_v<T>) return empty<T>();
    constexpr std::size_t kBytes = sizeof(LetterOf<T>);
    constexpr auto kOwner = kBytes > PacketPool::kBlockBytes ? kHeap : kPooled;
    return LetterPtr{new (PacketPool::allocate<kBytes>()) LetterOf<T>(content), kOwner};
  }

  [[nodiscard]] explicit operator bool() const noexcept { return bits_ != 0; }
  [[nodiscard]] const Letter& operator*() const noexcept { return *get(); }
  [[nodiscard]] const Letter* get() const noexcept {
    // NOLINTNEXTLINE(performance-no-int-to-ptr): what went in as a pointer comes out as one
    return reinterpret_cast<const Letter*>(bits_ & ~kOwners);
  }
  /// Gives the letter back. Once.
  void release() const noexcept {
    const auto owner = bits_ & kOwners;
    if (owner == kKept) return;
    auto* const memory = const_cast<Letter*>(get());
    if (owner == kHeap) return ::operator delete(memory);
    PacketPool::release<1>(memory);
  }

 private:
  static constexpr std::uintptr_t kKept = 0;
  static constexpr std::uintptr_t kPooled = 1;
  static constexpr std::uintptr_t kHeap = 2;
  static constexpr std::uintptr_t kOwners = 3;

  LetterPtr(const Letter* letter, std::uintptr_t owner) noexcept
      : bits_(reinterpret_cast<std::uintptr_t>(letter) | owner) {}
  template <class T>
  [[nodiscard]] static LetterPtr empty() noexcept {
    static const LetterOf<T> letter{T{}};
    return LetterPtr{&letter, kKept};
  }

  std::uintptr_t bits_ = 0;
};
static_assert(std::is_trivially_copyable_v<LetterPtr>);

}  // namespace chargemill::runtime
