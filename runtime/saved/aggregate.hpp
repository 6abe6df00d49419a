// Takes a plain struct apart, for those whose fields are all kept.
#pragma once

#include <cstddef>
#include <type_traits>
#include <utility>

namespace chargemill::runtime::saved {
namespace aggregate {

struct Anything {
  template <class T>
  operator T() const noexcept;  // NOLINT(google-explicit-constructor): never called
};
template <std::size_t>
using Numbered = Anything;

template <class T, class Numbers, class = void>
struct Takes : std::false_type {};
template <class T, std::size_t... I>
struct Takes<T, std::index_sequence<I...>, std::void_t<decltype(T{Numbered<I>{}...})>>
    : std::true_type {};

inline constexpr std::size_t kFieldsMax = 14;

/// How many fields it has. A guess that is wrong does not compile in each_field().
template <class T, std::size_t N = kFieldsMax + 1>
constexpr std::size_t field_count() {
  if constexpr (N == 0) {
    return 0;
  } else if constexpr (Takes<T, std::make_index_sequence<N>>::value) {
    return N;
  } else {
    return field_count<T, N - 1>();
  }
}

}  // namespace aggregate

/// Calls `f(a, b, ...)` with all fields of `value`.
template <class T, class F>
void with_fields(T& value, F&& f) {
  static_assert(std::is_aggregate_v<T>, "name its fields: fields(V&, T&)");
  constexpr std::size_t kCount = aggregate::field_count<T>();
  static_assert(kCount <= aggregate::kFieldsMax, "so many have names of their own");
  // clang-format off
  if constexpr (std::is_empty_v<T>) { f(); }
  else if constexpr (kCount == 1) { auto& [a] = value; f(a); }
  else if constexpr (kCount == 2) { auto& [a, b] = value; f(a, b); }
  else if constexpr (kCount == 3) { auto& [a, b, c] = value; f(a, b, c); }
  else if constexpr (kCount == 4) { auto& [a, b, c, d] = value; f(a, b, c, d); }
  else if constexpr (kCount == 5) { auto& [a, b, c, d, e] = value; f(a, b, c, d, e); }
  else if constexpr (kCount == 6) { auto& [a, b, c, d, e, g] = value; f(a, b, c, d, e, g); }
  else if constexpr (kCount == 7) { auto& [a, b, c, d, e, g, h] = value; f(a, b, c, d, e, g, h); }
  else if constexpr (kCount == 8) { auto& [a, b, c, d, e, g, h, i] = value; f(a, b, c, d, e, g, h, i); }
  else if constexpr (kCount == 9) { auto& [a, b, c, d, e, g, h, i, j] = value; f(a, b, c, d, e, g, h, i, j); }
  else if constexpr (kCount == 10) { auto& [a, b, c, d, e, g, h, i, j, k] = value; f(a, b, c, d, e, g, h, i, j, k); }
  else if constexpr (kCount == 11) { auto& [a, b, c, d, e, g, h, i, j, k, l] = value; f(a, b, c, d, e, g, h, i, j, k, l); }
  else if constexpr (kCount == 12) { auto& [a, b, c, d, e, g, h, i, j, k, l, m] = value; f(a, b, c, d, e, g, h, i, j, k, l, m); }
  else if constexpr (kCount == 13) { auto& [a, b, c, d, e, g, h, i, j, k, l, m, n] = value; f(a, b, c, d, e, g, h, i, j, k, l, m, n); }
  else if constexpr (kCount == 14) { auto& [a, b, c, d, e, g, h, i, j, k, l, m, n, o] = value; f(a, b, c, d, e, g, h, i, j, k, l, m, n, o); }
  // clang-format on
}

}  // namespace chargemill::runtime::saved
