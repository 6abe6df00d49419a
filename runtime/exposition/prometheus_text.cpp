#include "runtime/exposition/prometheus_text.hpp"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

namespace chargemill::runtime {
namespace {

prometheus::MetricType type_of(MetricType type) noexcept {
  switch (type) {
    case MetricType::counter:
      return prometheus::MetricType::Counter;
    case MetricType::histogram:
      return prometheus::MetricType::Histogram;
    case MetricType::gauge:
      break;
  }
  return prometheus::MetricType::Gauge;
}

prometheus::ClientMetric metric_of(const MetricSeries& series) {
  prometheus::ClientMetric metric;
  for (const auto& [name, value] : series.labels) metric.label.push_back({name, value});
  // The serializer reads the one that the family's type names.
  metric.counter.value = metric.gauge.value = series.value;
  metric.histogram.sample_count = series.histogram.count;
  metric.histogram.sample_sum = series.histogram.sum_s;
  for (const auto& bucket : series.histogram.buckets)
    metric.histogram.bucket.push_back({bucket.at_most, bucket.edge_s});
  return metric;
}

}  // namespace

std::string prometheus_text(const std::vector<MetricFamily>& families) {
  std::vector<prometheus::MetricFamily> theirs;
  theirs.reserve(families.size());
  for (const MetricFamily& family : families) {
    auto& one = theirs.emplace_back();
    one.name = family.name;
    one.help = family.help;
    one.type = type_of(family.type);
    one.metric.reserve(family.series.size());
    for (const MetricSeries& series : family.series) one.metric.push_back(metric_of(series));
  }
  return prometheus::TextSerializer{}.Serialize(theirs);
}

}  // namespace chargemill::runtime
