// The search for the largest load that passes.
#pragma once

#include <functional>
#include <optional>

namespace chargemill::app {

struct SearchLimits {
  double from = 1.0;        ///< the first load tried; > 0
  double most = 1e12;       ///< no load above it is tried
  double least = 1.0;       ///< no load below it is tried; > 0
  bool whole = false;       ///< only whole loads; `from`, `most`, `least` are rounded
  double precision = 0.05;  ///< stop when the gap is at most this share of the best; > 0
};

/// How a load did. `hopeless`: it failed, and less will not help. `stop`: nobody wants to know.
enum class Trial { passes, fails, hopeless, stop };

struct SearchResult {
  std::optional<double> best;    ///< the largest load that passed; none: not even the least did
  std::optional<double> failed;  ///< the smallest that did not; none: the most passed too
  bool interrupted = false;
};

/// Tries loads until best and failed are close, or a trial ends it. Assumes that whatever passes
/// also passes with less.
[[nodiscard]] SearchResult find_largest(const SearchLimits& limits,
                                        const std::function<Trial(double)>& attempt);

}  // namespace chargemill::app
