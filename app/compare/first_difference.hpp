// Where two runs in virtual time part.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "runtime/base/result.hpp"

namespace chargemill::app {

struct FirstDifference {
  std::int64_t sim_ns = 0;  ///< the first look at which the digests differ
  std::string entity;       ///< the first entity that differs then; empty: not recorded
};

/// Of two run directories written with --digest-every. None: they agree at every look. Fails when
/// one has no digests, when they looked at different times, when one was looked at longer, or when
/// the digests of single entities end too early.
[[nodiscard]] Result<std::optional<FirstDifference>> first_difference(
    const std::filesystem::path& a, const std::filesystem::path& b);

}  // namespace chargemill::app
