#include "app/nodes/silence.hpp"

#include <algorithm>

namespace chargemill::app {
namespace {

unsigned count(std::uint32_t nodes) noexcept {
  return static_cast<unsigned>(__builtin_popcount(nodes));
}

}  // namespace

Nanos patience_of(std::chrono::seconds lease) noexcept {
  return std::max<Nanos>(Nanos{lease} * 9 / 5, Nanos{lease} + std::chrono::seconds{4});
}

unsigned stops_for(const Hearing& hearing) noexcept {
  const std::uint32_t silent = hearing.silent & hearing.living;
  if (silent == 0) return kNoNode;
  const bool misses_central = hearing.central != kNoNode && (silent >> hearing.central & 1U) != 0;
  const unsigned one =
      misses_central ? hearing.central : static_cast<unsigned>(__builtin_ctz(silent));
  const unsigned living = count(hearing.living);
  const unsigned heard = living - count(silent);
  if (2 * heard < living || (2 * heard == living && misses_central)) return one;
  const bool is_later = hearing.central != hearing.self && (misses_central || one < hearing.self);
  return is_later && (hearing.mute >> one & 1U) != 0 ? one : kNoNode;
}

}  // namespace chargemill::app
