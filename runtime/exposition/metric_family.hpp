// What a scrape says, as plain values: families of series.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "runtime/exposition/classic_histogram.hpp"

namespace chargemill::runtime {

enum class MetricType : std::uint8_t { counter, gauge, histogram };

using MetricLabels = std::vector<std::pair<std::string, std::string>>;

struct MetricSeries {
  MetricLabels labels;
  double value = 0.0;          ///< of a counter, of a gauge
  ClassicHistogram histogram;  ///< of a histogram
};

struct MetricFamily {
  std::string name;  ///< in base units; `_total` at the end of a counter's
  std::string help;  ///< one sentence
  MetricType type = MetricType::gauge;
  std::vector<MetricSeries> series;

  MetricFamily& add(double value, MetricLabels labels = {}) {
    series.push_back({std::move(labels), value, {}});
    return *this;
  }
  MetricFamily& add(ClassicHistogram histogram, MetricLabels labels = {}) {
    series.push_back({std::move(labels), 0.0, std::move(histogram)});
    return *this;
  }
};

/// As a scraper counts: a histogram is a series for each bucket and three more.
[[nodiscard]] inline std::size_t series_of(const std::vector<MetricFamily>& families) {
  std::size_t count = 0;
  for (const MetricFamily& family : families) {
    for (const MetricSeries& series : family.series)
      count += family.type == MetricType::histogram ? series.histogram.buckets.size() + 3 : 1;
  }
  return count;
}

}  // namespace chargemill::runtime
