// Which requests have a name of their driver's own.
#pragma once

#include "actors/messages.hpp"

namespace chargemill::archive {

/// A program outside calls its requests as it likes; their numbers say that somebody knows that
/// name: driver:32 | run:10 | named:1 | counter:21. So no message has to carry it.
inline constexpr std::uint32_t kNamedBit = 1U << 21U;

[[nodiscard]] constexpr bool is_named(RequestId request) noexcept {
  return (static_cast<std::uint32_t>(request) & kNamedBit) != 0;
}

}  // namespace chargemill::archive
