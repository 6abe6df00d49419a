// How each kind of value passes by a writer or a reader of states. README.md
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "runtime/base/inline_vector.hpp"
#include "runtime/base/random_stream.hpp"
#include "runtime/base/rare.hpp"
#include "runtime/saved/aggregate.hpp"

namespace chargemill::runtime::saved {

/// The last value of a choice (an enumeration of one byte); ids are enumerations of more.
template <class Enum>
constexpr Enum kLast{};
/// Kept as its bytes: no padding in it, and any bytes are one.
template <class T>
constexpr bool kIsWhole = std::is_arithmetic_v<T> || (std::is_enum_v<T> && sizeof(T) > 1);
template <>
inline constexpr bool kIsWhole<RandomStream> = true;
static_assert(std::has_unique_object_representations_v<RandomStream>);
template <class Rep, class Period>
inline constexpr bool kIsWhole<std::chrono::duration<Rep, Period>> = true;
template <class Clock, class Duration>
inline constexpr bool kIsWhole<std::chrono::time_point<Clock, Duration>> = true;

template <class V, class T, class = void>
struct HasList : std::false_type {};
template <class V, class T>
struct HasList<V, T, std::void_t<decltype(fields(std::declval<V&>(), std::declval<T&>()))>>
    : std::true_type {};
template <class V, class T, class = void>
struct HasMember : std::false_type {};
template <class V, class T>
struct HasMember<V, T, std::void_t<decltype(std::declval<T&>().fields(std::declval<V&>()))>>
    : std::true_type {};

/// Of everything but containers.
template <class T>
struct Pass {
  template <class V>
  static void by(V& v, T& value) {
    if constexpr (std::is_same_v<T, bool>) {
      v.flag(value);
    } else if constexpr (kIsWhole<T>) {
      v.whole(value);
    } else if constexpr (std::is_enum_v<T>) {
      static_assert(kLast<T> != T{}, "name its last value");
      v.choice(value, kLast<T>);
    } else if constexpr (HasList<V, T>::value) {
      fields(v, value);
    } else if constexpr (HasMember<V, T>::value) {
      value.fields(v);
    } else {
      static_assert(!std::is_pointer_v<T>, "a pointer is of the plan: leave it out");
      with_fields(value, [&v](auto&... field) { v(field...); });
    }
  }
};
template <class A, class B>
struct Pass<std::pair<A, B>> {
  template <class V>
  static void by(V& v, std::pair<A, B>& value) {
    v(value.first, value.second);
  }
};
template <class T, std::size_t N>
struct Pass<std::array<T, N>> {
  template <class V>
  static void by(V& v, std::array<T, N>& value) {
    for (T& item : value) v(item);
  }
};
template <class T>
struct Pass<std::optional<T>> {
  template <class V>
  static void by(V& v, std::optional<T>& value) {
    bool is_there = value.has_value();
    v.flag(is_there);
    if constexpr (V::kReads) value = is_there ? std::optional<T>{T{}} : std::nullopt;
    if (is_there) v(*value);
  }
};
template <class T>
struct Pass<Rare<T>> {
  template <class V>
  static void by(V& v, Rare<T>& value) {
    bool is_there = static_cast<bool>(value);
    v.flag(is_there);
    if constexpr (V::kReads) {
      value.reset();
      if (is_there) value = T{};
    }
    if (is_there) v(*value);
  }
};
/// Lists: their items follow their count. Reading stops where the bytes do, so that no list becomes
/// larger than they could fill.
template <class List, class T>
struct PassList {
  template <class V>
  static void by(V& v, List& list) {
    std::uint64_t count = list.size();
    v.whole(count);
    if constexpr (V::kReads) {
      list.clear();
      for (; count > 0 && v.is_sound(); --count) {
        T item{};
        v(item);
        if (v.is_sound()) list.push_back(std::move(item));
      }
    } else {
      for (auto& item : list) v(item);
    }
  }
};
template <class T>
struct Pass<std::vector<T>> : PassList<std::vector<T>, T> {};
template <class T>
struct Pass<std::deque<T>> : PassList<std::deque<T>, T> {};
/// Text and bytes are passed at once.
template <class Text>
struct PassText {
  template <class V>
  static void by(V& v, Text& text) {
    std::uint64_t count = text.size();
    v.whole(count);
    v.bytes(text, count);
  }
};
template <>
struct Pass<std::string> : PassText<std::string> {};
template <>
struct Pass<std::vector<std::byte>> : PassText<std::vector<std::byte>> {};
template <class T, std::size_t N>
struct Pass<InlineVector<T, N>> {
  template <class V>
  static void by(V& v, InlineVector<T, N>& list) {
    std::uint64_t count = list.size();
    v.whole(count);
    v.check(count <= N);
    if constexpr (V::kReads) {
      list.clear();
      for (; count > 0 && v.is_sound(); --count) {
        T item{};
        v(item);
        list.push_back(item);
      }
    } else {
      for (T& item : list) v(item);
    }
  }
};
/// Sets and maps: rising keys, so that equal states have equal bytes.
template <class Set, class Item>
struct PassSet {
  template <class V>
  static void by(V& v, Set& set) {
    std::uint64_t count = set.size();
    v.whole(count);
    if constexpr (V::kReads) {
      set.clear();
      for (; count > 0 && v.is_sound(); --count) {
        Item item{};
        v(item);
        v.check(set.insert(std::move(item)).second);
      }
    } else {
      for (auto item : set) v(item);
    }
  }
};
template <class T>
struct Pass<std::set<T>> : PassSet<std::set<T>, T> {};
template <class K, class T>
struct Pass<std::map<K, T>> : PassSet<std::map<K, T>, std::pair<K, T>> {};
template <class K, class T>
struct Pass<std::unordered_map<K, T>> {
  template <class V>
  static void by(V& v, std::unordered_map<K, T>& value) {
    std::map<K, T> sorted(value.begin(), value.end());
    v(sorted);
    if constexpr (V::kReads) value = {sorted.begin(), sorted.end()};
  }
};
template <class... T>
struct Pass<std::variant<T...>> {
  using Variant = std::variant<T...>;
  static_assert(sizeof...(T) < 256);

  template <class V>
  static void by(V& v, Variant& value) {
    auto index = static_cast<std::uint8_t>(value.index());
    v.whole(index);
    v.check(index < sizeof...(T));
    if constexpr (V::kReads) {
      if (v.is_sound()) emplace(index, value, std::index_sequence_for<T...>{});
    }
    std::visit([&v](auto& one) { v(one); }, value);
  }

 private:
  template <std::size_t... I>
  static void emplace(std::size_t index, Variant& value, std::index_sequence<I...>) {
    ((index == I ? static_cast<void>(value.template emplace<I>()) : static_cast<void>(0)), ...);
  }
};
template <>
struct Pass<std::monostate> {
  template <class V>
  static void by(V&, std::monostate&) {}
};

}  // namespace chargemill::runtime::saved
