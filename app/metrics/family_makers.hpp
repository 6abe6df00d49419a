// Short names for what the parts of the metric set are written with.
#pragma once

#include <string>
#include <utility>

#include "app/metrics/families.hpp"
#include "app/metrics/labels.hpp"

namespace chargemill::app::metrics {

inline runtime::MetricFamily& family(Families& out, runtime::MetricType type, std::string name,
                                     std::string help) {
  out.push_back({std::move(name), std::move(help), type, {}});
  return out.back();
}
inline runtime::MetricFamily& counter(Families& out, std::string name, std::string help) {
  return family(out, runtime::MetricType::counter, std::move(name), std::move(help));
}
inline runtime::MetricFamily& gauge(Families& out, std::string name, std::string help) {
  return family(out, runtime::MetricType::gauge, std::move(name), std::move(help));
}
inline runtime::MetricFamily& histogram(Families& out, std::string name, std::string help) {
  return family(out, runtime::MetricType::histogram, std::move(name), std::move(help));
}
inline double number(std::uint64_t n) { return static_cast<double>(n); }
inline double seconds(Nanos d) { return static_cast<double>(d.count()) / 1e9; }

}  // namespace chargemill::app::metrics
