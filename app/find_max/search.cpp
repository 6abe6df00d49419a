#include "app/find_max/search.hpp"

#include <algorithm>

namespace chargemill::app {

SearchResult find_largest(const SearchLimits& limits,
                          const std::function<std::optional<bool>(double)>& passes) {
  SearchResult result;
  double load = std::clamp(limits.from, limits.least, limits.most);
  for (;;) {
    const auto passed = passes(load);
    if (!passed) {
      result.interrupted = true;
      return result;
    }
    (*passed ? result.best : result.failed) = load;
    if (!result.failed) {
      if (load >= limits.most) return result;
      load = std::min(limits.most, load * 2.0);
    } else if (!result.best) {
      if (load <= limits.least) return result;
      load = std::max(limits.least, load / 2.0);
    } else {
      if (*result.failed - *result.best <= limits.precision * *result.best) return result;
      load = (*result.best + *result.failed) / 2.0;
    }
  }
}

}  // namespace chargemill::app
