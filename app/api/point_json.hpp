// A charge point as clients see it.
#pragma once

#include <nlohmann/json.hpp>

#include "app/api/looks.hpp"

namespace chargemill::app::api {

/// The object of GET /cp (D-184); with `is_whole` that of GET /cp/{id} (D-185).
[[nodiscard]] nlohmann::ordered_json older_point(const World& world, const PointCopy& copy,
                                                 bool is_whole);
/// What GET /telemetry shows of one. Requires that it has a running session.
[[nodiscard]] nlohmann::ordered_json telemetry_row(const World& world, const PointCopy& copy);
/// The object of /api/v1/charge-points: that of GET /cp/{id} and more.
[[nodiscard]] nlohmann::ordered_json point_json(const World& world, const PointCopy& copy);
/// An open request, that is one that holds a point. Requires that there is one.
[[nodiscard]] nlohmann::ordered_json request_json(const World& world, const PointCopy& copy,
                                                  bool is_whole);

}  // namespace chargemill::app::api
