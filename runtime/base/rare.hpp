// A value that hardly anybody has, and that costs eight bytes where there is none.
#pragma once

#include <memory>

namespace chargemill {

/// An optional whose value lies on the heap. A copy has a copy of the value.
template <class T>
class Rare {
 public:
  Rare() = default;
  ~Rare() = default;
  Rare(const Rare& other) : value_(other ? std::make_unique<T>(*other) : nullptr) {}
  Rare& operator=(const Rare& other) {
    if (this != &other) value_ = other ? std::make_unique<T>(*other) : nullptr;
    return *this;
  }
  Rare(Rare&&) noexcept = default;
  Rare& operator=(Rare&&) noexcept = default;
  Rare& operator=(const T& value) {
    value_ = std::make_unique<T>(value);
    return *this;
  }

  [[nodiscard]] explicit operator bool() const noexcept { return value_ != nullptr; }
  /// Requires a value.
  [[nodiscard]] const T& operator*() const noexcept { return *value_; }
  [[nodiscard]] T& operator*() noexcept { return *value_; }
  [[nodiscard]] const T* operator->() const noexcept { return value_.get(); }
  [[nodiscard]] T* operator->() noexcept { return value_.get(); }
  void reset() noexcept { value_.reset(); }

 private:
  std::unique_ptr<T> value_;
};

}  // namespace chargemill
