// What the page of a finished run remembers of single charge points: of as many as it has room for.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "actors/archive/past.hpp"

namespace chargemill::app {

struct KeptPastLimits {
  std::size_t points = 500;             ///< what is asked of a journal, four questions each
  std::size_t plain_bytes = 2'500'000;  ///< of rows; an eighth of it and less in the page
};

/// Rows of `names`, as many as there is room for, in this order: `columns` by kind (health,
/// sessions, faults, meter) and `points`, by name their rows by kind. Newest first, so many of each
/// as the drawer of the live page asks for; columns that the name says already are left out. A
/// point has all of them or is not there.
[[nodiscard]] nlohmann::ordered_json kept_past(archive::Past& past,
                                               const std::vector<std::string>& names,
                                               const KeptPastLimits& limits = {});

}  // namespace chargemill::app
