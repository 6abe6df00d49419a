// A vector of fixed capacity that lives where it stands and never allocates.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <new>
#include <type_traits>

#include "runtime/base/assert.hpp"

namespace chargemill {

/// Up to `N` values of a trivially copyable T, in order. Going beyond N is a programmer's error;
/// `try_push_back` is for those who may.
template <class T, std::size_t N>
class InlineVector {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  // The storage is left uninitialised on purpose: a step clears a count, not a kilobyte.
  InlineVector() noexcept {}  // NOLINT(modernize-use-equals-default)
  InlineVector(std::initializer_list<T> items) noexcept {
    for (const T& item : items) push_back(item);
  }
  InlineVector(const InlineVector& other) noexcept { append(other); }
  InlineVector& operator=(const InlineVector& other) noexcept {
    if (this != &other) {
      clear();
      append(other);
    }
    return *this;
  }
  ~InlineVector() = default;

  void push_back(const T& item) noexcept {
    CHARGEMILL_ASSERT(size_ < N);
    new (&slots_[size_++]) T(item);
  }
  [[nodiscard]] bool try_push_back(const T& item) noexcept {
    if (size_ == N) return false;
    push_back(item);
    return true;
  }
  /// Removes the first item; the others move up. Requires !empty().
  void pop_front() noexcept {
    CHARGEMILL_ASSERT(size_ > 0);
    for (std::size_t i = 1; i < size_; ++i) (*this)[i - 1] = (*this)[i];
    --size_;
  }
  /// Requires !empty().
  void pop_back() noexcept {
    CHARGEMILL_ASSERT(size_ > 0);
    --size_;
  }
  /// Removes the item at `at`; those after it move up. Requires at < size().
  void remove(std::size_t at) noexcept {
    CHARGEMILL_ASSERT(at < size_);
    for (std::size_t i = at + 1; i < size_; ++i) (*this)[i - 1] = (*this)[i];
    --size_;
  }
  void clear() noexcept { size_ = 0; }

  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  [[nodiscard]] bool full() const noexcept { return size_ == N; }
  [[nodiscard]] static constexpr std::size_t capacity() noexcept { return N; }
  [[nodiscard]] T& operator[](std::size_t i) noexcept { return begin()[i]; }
  [[nodiscard]] const T& operator[](std::size_t i) const noexcept { return begin()[i]; }
  [[nodiscard]] T& front() noexcept { return (*this)[0]; }
  [[nodiscard]] const T& front() const noexcept { return (*this)[0]; }
  [[nodiscard]] T* begin() noexcept { return reinterpret_cast<T*>(slots_); }
  [[nodiscard]] T* end() noexcept { return begin() + size_; }
  [[nodiscard]] const T* begin() const noexcept { return reinterpret_cast<const T*>(slots_); }
  [[nodiscard]] const T* end() const noexcept { return begin() + size_; }

 private:
  void append(const InlineVector& other) noexcept {
    for (const T& item : other) push_back(item);
  }

  std::size_t size_ = 0;
  struct alignas(T) Slot {
    std::byte bytes[sizeof(T)];
  };
  Slot slots_[N];  // NOLINT: uninitialised by design
};

}  // namespace chargemill
