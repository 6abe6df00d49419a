// What people call the points and drivers of a network, without allocating.
#pragma once

#include <algorithm>
#include <array>
#include <charconv>
#include <functional>
#include <string>
#include <string_view>

#include "actors/messages.hpp"

namespace chargemill {

/// Where a generated name is written.
using NameBuffer = std::array<char, 24>;

/// `CP-000001`: `prefix` and at least six digits.
inline std::string_view numbered_name(std::string_view prefix, std::uint32_t number,
                                      NameBuffer& buffer) noexcept {
  constexpr std::ptrdiff_t kDigits = 6;
  std::array<char, 12> digits;
  const char* const end = std::to_chars(digits.begin(), digits.end(), number).ptr;
  char* at = std::copy(prefix.begin(), prefix.end(), buffer.begin());
  for (auto length = end - digits.begin(); length < kDigits; ++length) *at++ = '0';
  at = std::copy(static_cast<const char*>(digits.begin()), end, at);
  return {buffer.data(), static_cast<std::size_t>(at - buffer.begin())};
}

/// A name is valid as long as the book and the buffer are.
struct NameBook {
  std::string run;
  std::function<std::string_view(PointId, NameBuffer&)> point;
  std::function<std::string_view(DriverId, NameBuffer&)> driver;
  /// Of a driver outside; empty: it has none. May be empty itself: nobody is outside.
  std::function<std::string(RequestId)> request;
};

}  // namespace chargemill
