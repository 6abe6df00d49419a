#include "app/compare/rank_sum.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace chargemill::app {
namespace {

constexpr std::size_t kExactMax = 25;

/// How many of the arrangements of `n` and `m` values have each U: the recurrence of Mann and
/// Whitney, by the sample that holds the greatest value.
std::vector<double> arrangements(std::size_t n, std::size_t m) {
  // counts[i][u]: of i and j values, j rising to m.
  std::vector<std::vector<double>> counts(n + 1, std::vector<double>(n * m + 1, 0.0));
  for (std::size_t i = 0; i <= n; ++i) counts[i][0] = 1.0;  // j = 0
  for (std::size_t j = 1; j <= m; ++j) {
    auto next = counts;
    for (std::size_t i = 1; i <= n; ++i) {
      for (std::size_t u = 0; u <= i * j; ++u)
        next[i][u] = counts[i][u] + (u >= j ? next[i - 1][u - j] : 0.0);
    }
    counts = std::move(next);
  }
  return counts[n];
}

double exact_p(double u, std::size_t n, std::size_t m) {
  const auto counts = arrangements(n, m);
  const auto pairs = static_cast<double>(n * m);
  const auto extreme = static_cast<std::size_t>(std::min(u, pairs - u));
  double total = 0.0;
  double tail = 0.0;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    total += counts[i];
    if (i <= extreme) tail += counts[i];
  }
  return std::min(1.0, 2.0 * tail / total);
}

double normal_p(double u, double n, double m, double tie_term) {
  const double all = n + m;
  const double variance = n * m / 12.0 * (all + 1.0 - tie_term / (all * (all - 1.0)));
  if (variance <= 0.0) return 1.0;  // all values are equal
  const double away = std::max(0.0, std::abs(u - n * m / 2.0) - 0.5);
  return std::erfc(away / std::sqrt(2.0 * variance));
}

}  // namespace

RankSum rank_sum(const std::vector<double>& a, const std::vector<double>& b) {
  if (a.empty() || b.empty()) return {};
  double u = 0.0;
  for (const double x : a) {
    for (const double y : b) u += x > y ? 1.0 : (x == y ? 0.5 : 0.0);
  }
  auto all = a;
  all.insert(all.end(), b.begin(), b.end());
  std::sort(all.begin(), all.end());
  double tie_term = 0.0;
  for (std::size_t i = 0; i < all.size();) {
    std::size_t end = i;
    while (end < all.size() && all[end] == all[i]) ++end;
    const auto t = static_cast<double>(end - i);
    tie_term += t * t * t - t;
    i = end;
  }
  const bool exact = tie_term == 0.0 && a.size() <= kExactMax && b.size() <= kExactMax;
  return {u, exact ? exact_p(u, a.size(), b.size())
                   : normal_p(u, static_cast<double>(a.size()), static_cast<double>(b.size()),
                              tie_term)};
}

double median(std::vector<double> values) {
  if (values.empty()) return 0.0;
  std::sort(values.begin(), values.end());
  const std::size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2.0;
}

}  // namespace chargemill::app
