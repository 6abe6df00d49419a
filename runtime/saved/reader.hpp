// A state on its way back.
#pragma once

#include <cstddef>
#include <cstring>

#include "runtime/saved/fields.hpp"

namespace chargemill::runtime::saved {

/// Of any bytes: nothing is read beyond them. Once one is not as it should be, all that follows is
/// left as it is, and what was read means nothing. The bytes outlive this.
class Reader {
 public:
  static constexpr bool kReads = true;

  Reader(const std::byte* data, std::size_t size) : at_(data), left_(size) {}

  template <class... T>
  void operator()(T&... values) {
    (Pass<T>::by(*this, values), ...);
  }
  void same(std::uint64_t number) {
    std::uint64_t read = 0;
    whole(read);
    check(read == number);
  }
  template <class List>
  void each(List& list) {
    same(list.size());
    for (auto& item : list) {
      if (!is_sound_) return;
      (*this)(item);
    }
  }
  void check(bool holds) { is_sound_ = is_sound_ && holds; }
  [[nodiscard]] bool is_sound() const noexcept { return is_sound_; }
  /// And nothing is left.
  [[nodiscard]] bool is_exhausted() const noexcept { return is_sound_ && left_ == 0; }
  [[nodiscard]] std::size_t left() const noexcept { return left_; }

  void flag(bool& value) {
    std::uint8_t byte = 0;
    whole(byte);
    check(byte <= 1);
    value = is_sound_ && byte == 1;
  }
  template <class T>
  void choice(T& value, T last) {
    std::underlying_type_t<T> number{};
    whole(number);
    check(number <= static_cast<std::underlying_type_t<T>>(last));
    if (is_sound_) value = static_cast<T>(number);
  }
  template <class T>
  void whole(T& value) {
    static_assert(std::is_trivially_copyable_v<T>);
    check(left_ >= sizeof value);
    if (!is_sound_) return;
    std::memcpy(static_cast<void*>(&value), at_, sizeof value);
    at_ += sizeof value;
    left_ -= sizeof value;
  }

  template <class Text>
  void bytes(Text& text, std::uint64_t count) {
    check(count <= left_);
    if (!is_sound_) return;
    const auto* const data = reinterpret_cast<const typename Text::value_type*>(at_);
    text.assign(data, data + count);
    at_ += count;
    left_ -= static_cast<std::size_t>(count);
  }

 private:
  const std::byte* at_;
  std::size_t left_;
  bool is_sound_ = true;
};

}  // namespace chargemill::runtime::saved
