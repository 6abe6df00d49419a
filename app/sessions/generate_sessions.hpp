// Made-up sessions in the shape of recorded ones, for trying a replay without anybody's data.
#pragma once

#include <string>

#include "actors/fleet/profile.hpp"
#include "runtime/base/units.hpp"

namespace chargemill::app {

struct GenerateOptions {
  std::size_t count = 200;
  std::uint32_t points = 10;
  Power power{11'000};                        ///< of each point; bounds the energy of a stay
  double sessions_per_cp_per_day = 2.0;       ///< how densely they come
  std::int64_t start_unix_s = 1'767'571'200;  ///< 2026-01-05T00:00:00Z
  std::uint64_t seed = 42;
};

/// CSV text with the default columns of ColumnMap. Sessions at one point never overlap: an arrival
/// that finds all points taken drives on. Equal arguments give equal text.
/// Requires points > 0 and sessions_per_cp_per_day > 0.
[[nodiscard]] std::string generate_sessions(const fleet::Profile& profile,
                                            const GenerateOptions& options);

}  // namespace chargemill::app
