// A state on its way into bytes.
#pragma once

#include <cstddef>
#include <cstring>
#include <vector>

#include "runtime/saved/fields.hpp"

namespace chargemill::runtime::saved {

/// Little-endian, without padding; choices and flags are a byte.
class Writer {
 public:
  static constexpr bool kReads = false;

  /// Changes nothing.
  template <class... T>
  void operator()(const T&... values) {
    (Pass<T>::by(*this, const_cast<T&>(values)), ...);  // NOLINT: lists serve readers too
  }
  /// A number that the plan gives: it is compared.
  void same(std::uint64_t number) { whole(number); }
  /// What the plan has so many of.
  template <class List>
  void each(List& list) {
    same(list.size());
    for (auto& item : list) (*this)(item);
  }
  /// What must hold of what was read; or why this cannot be kept.
  void check(bool holds) { is_sound_ = is_sound_ && holds; }
  [[nodiscard]] bool is_sound() const noexcept { return is_sound_; }

  void flag(bool value) { whole(static_cast<std::uint8_t>(value ? 1 : 0)); }
  template <class T>
  void choice(T value, T last) {
    check(value <= last);
    whole(value);
  }
  template <class T>
  void whole(const T& value) {
    static_assert(std::is_trivially_copyable_v<T>);
    const auto at = bytes_.size();
    bytes_.resize(at + sizeof value);
    std::memcpy(bytes_.data() + at, &value, sizeof value);
  }
  template <class Text>
  void bytes(const Text& text, std::uint64_t /*count*/) {
    const auto* const data = reinterpret_cast<const std::byte*>(text.data());
    bytes_.insert(bytes_.end(), data, data + text.size());
  }
  [[nodiscard]] const std::vector<std::byte>& bytes() const noexcept { return bytes_; }
  [[nodiscard]] std::vector<std::byte> take() noexcept { return std::move(bytes_); }

 private:
  std::vector<std::byte> bytes_;
  bool is_sound_ = true;
};
static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__);

}  // namespace chargemill::runtime::saved
