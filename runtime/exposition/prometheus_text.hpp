// Families as Prometheus reads them: text format 0.0.4 (D-206).
#pragma once

#include <string>
#include <vector>

#include "runtime/exposition/metric_family.hpp"

namespace chargemill::runtime {

inline constexpr const char* kPrometheusContentType = "text/plain; version=0.0.4; charset=utf-8";

/// prometheus-cpp's serializer writes it; label values may be any UTF-8.
[[nodiscard]] std::string prometheus_text(const std::vector<MetricFamily>& families);

}  // namespace chargemill::runtime
