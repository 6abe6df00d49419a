// What is wrong with where the runs of a scenario leave things.
#pragma once

#include <cstdint>
#include <vector>

#include "app/scenario/load.hpp"

namespace chargemill::app {

/// The digests of all entities are kept one by one as long as they take no more than this.
inline constexpr std::uint64_t kDigestBytesMax = std::uint64_t{1} << 31U;

/// Up to so many entities they are, eight bytes an entity and look; beyond it only their sum is.
/// Of a run without looks: 0.
[[nodiscard]] std::uint64_t entities_digested_max(const network::Scenario& scenario) noexcept;

/// Adds what it finds wrong to `found`; `origins` says where to point at.
void check_output(const OutputSettings& output, const network::Scenario& scenario,
                  const Origins& origins, std::vector<Diagnostic>& found);

}  // namespace chargemill::app
