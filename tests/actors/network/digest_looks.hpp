// Looks at a digest while a state's fields change, one after the other.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <initializer_list>
#include <type_traits>

#include "actors/network/digest.hpp"

namespace chargemill::network::test {

inline constexpr std::uint32_t kIndex = 3;
using Look = std::function<Digest()>;

/// The digest of `state`, which outlives it, as it is whenever that is asked for.
template <class S>
Look at(const S& state) {
  return [&state] { return digest_of(state, kIndex); };
}

/// Changes each byte of `field` by one bit, one after the other.
template <class F>
void change(const Look& look, F& field, int place, bool is_told) {
  static_assert(std::is_trivially_copyable_v<F>);
  const Digest before = look();
  auto* const bytes = reinterpret_cast<unsigned char*>(&field);
  for (std::size_t i = 0; i < sizeof field; ++i) {
    bytes[i] ^= 1U;
    EXPECT_EQ(look() != before, is_told) << "byte " << i << " of field " << place << " in the call";
    bytes[i] ^= 1U;
  }
  EXPECT_EQ(look(), before) << "it depends on more than the state";
}
/// A change of any of `fields` changes what is seen.
template <class... F>
void tells(const Look& look, F&... fields) {
  static_assert((std::has_unique_object_representations_v<F> && ...), "padding: name its fields");
  int place = 0;
  (change(look, fields, ++place, true), ...);
}
/// Settings, and what follows from other fields.
template <class... F>
void leaves_out(const Look& look, F&... fields) {
  int place = 0;
  (change(look, fields, ++place, false), ...);
}
/// For fields that are bits.
template <class S>
void tells_bits(S& state, const Look& look, std::initializer_list<void (*)(S&)> flips) {
  int place = 0;
  const Digest before = look();
  for (auto* const flip : flips) {
    flip(state);
    EXPECT_NE(look(), before) << "bit " << ++place;
    flip(state);
  }
}
/// One more in `list`, or two that have changed places. Requires two unlike ones.
template <class L>
void tells_list(const Look& look, L& list) {
  const Digest before = look();
  const L was = list;
  list.emplace_back();
  EXPECT_NE(look(), before) << "one more";
  list = was;
  std::swap(list[0], list[1]);
  EXPECT_NE(look(), before) << "in another order";
  list = was;
  EXPECT_EQ(look(), before);
}

}  // namespace chargemill::network::test
