#include "app/find_max/search.hpp"

#include <algorithm>
#include <cmath>

namespace chargemill::app {

SearchResult find_largest(const SearchLimits& limits, const std::function<Trial(double)>& attempt) {
  SearchResult result;
  const auto rounded = [&](double load) { return limits.whole ? std::round(load) : load; };
  const double least = rounded(limits.least);
  const double most = rounded(limits.most);
  double load = std::clamp(rounded(limits.from), least, most);
  for (;;) {
    const auto trial = attempt(load);
    if (trial == Trial::stop) {
      result.interrupted = true;
      return result;
    }
    (trial == Trial::passes ? result.best : result.failed) = load;
    if (trial == Trial::hopeless) return result;
    if (!result.failed) {
      if (load >= most) return result;
      load = std::min(most, load * 2.0);
    } else if (!result.best) {
      if (load <= least) return result;
      load = std::max(least, rounded(load / 2.0));
    } else {
      const double gap = *result.failed - *result.best;
      if (gap <= limits.precision * *result.best || (limits.whole && gap <= 1.0)) return result;
      load = rounded((*result.best + *result.failed) / 2.0);
    }
  }
}

}  // namespace chargemill::app
