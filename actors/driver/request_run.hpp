// In which run a driver made a request. Requests of different runs of one journal never share a
// number: driver:32 | run:10 | counter:22.
#pragma once

#include "actors/messages.hpp"

namespace chargemill::driver {

inline constexpr unsigned kRequestBits = 22;
/// So many runs later their numbers begin again.
inline constexpr std::uint32_t kRunsApart = 1U << (32 - kRequestBits);

[[nodiscard]] constexpr std::uint32_t run_of(RequestId request) noexcept {
  return static_cast<std::uint32_t>(request) >> kRequestBits;
}

}  // namespace chargemill::driver
