// What an actor is called where the slowest are listed (runtime/engine), which knows only numbers.
#pragma once

#include <cstdint>
#include <optional>

#include "actors/messages.hpp"

namespace chargemill {

/// is_one:1 | kind:8 | index:32
struct Label {
  ActorKind kind{};
  std::uint32_t index = 0;  ///< of a point, a driver or a shard
};

[[nodiscard]] constexpr std::uint64_t to_word(Label label) noexcept {
  return (std::uint64_t{1} << 40U) | (std::uint64_t{static_cast<std::uint8_t>(label.kind)} << 32U) |
         label.index;
}
/// Nothing: it is no label of these.
[[nodiscard]] constexpr std::optional<Label> label_from(std::uint64_t word) noexcept {
  const std::uint64_t kind = (word >> 32U) & 0xFFU;
  if (word >> 40U != 1 || kind > static_cast<std::uint64_t>(ActorKind::director))
    return std::nullopt;
  return Label{static_cast<ActorKind>(kind), static_cast<std::uint32_t>(word)};
}

}  // namespace chargemill
