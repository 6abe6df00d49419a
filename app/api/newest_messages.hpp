// What happened lately, as an operator is told of it (D-199).
#pragma once

#include <nlohmann/json.hpp>

#include "actors/archive/past.hpp"

namespace chargemill::app::api {

/// The newest `limit` messages of all journals, newest first, among the last 65,536 records of
/// each.
[[nodiscard]] Result<nlohmann::ordered_json> newest_messages(archive::Past& history,
                                                             std::size_t limit);

}  // namespace chargemill::app::api
