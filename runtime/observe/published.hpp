// A struct of figures that one thread shows to the others.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <cstring>
#include <type_traits>

namespace chargemill::runtime {

/// Threads: one stores, any load. Wait-free. A look is whole in each 64-bit field and not between
/// fields: fields of two stores can meet in one look.
template <class T>
class Published {
  static_assert(std::is_trivially_copyable_v<T>);
  static_assert(sizeof(T) % sizeof(std::uint64_t) == 0, "fields of 64 bits only");

 public:
  void store(const T& figures) noexcept {
    std::array<std::uint64_t, kWords> plain;
    std::memcpy(plain.data(), &figures, sizeof figures);
    // relaxed: figures to look at; they order nothing.
    for (std::size_t i = 0; i < kWords; ++i) words_[i].store(plain[i], std::memory_order_relaxed);
  }
  [[nodiscard]] T load() const noexcept {
    std::array<std::uint64_t, kWords> plain;
    // relaxed: as in store().
    for (std::size_t i = 0; i < kWords; ++i) plain[i] = words_[i].load(std::memory_order_relaxed);
    T figures;
    std::memcpy(static_cast<void*>(&figures), plain.data(), sizeof figures);
    return figures;
  }

 private:
  static constexpr std::size_t kWords = sizeof(T) / sizeof(std::uint64_t);
  // Written by the one that stores.
  std::array<std::atomic<std::uint64_t>, kWords> words_{};
};

}  // namespace chargemill::runtime
