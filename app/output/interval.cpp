#include "app/output/interval.hpp"

#include <map>

namespace chargemill::app {

runtime::LatencyHistogram recorded_since(const runtime::LatencyHistogram& before,
                                         const runtime::LatencyHistogram& now) {
  std::map<std::uint64_t, std::uint64_t> known;
  before.for_each(
      [&](std::uint64_t lowest, std::uint64_t, std::uint64_t count) { known[lowest] = count; });
  runtime::LatencyHistogram fresh;
  now.for_each([&](std::uint64_t lowest, std::uint64_t, std::uint64_t count) {
    const auto found = known.find(lowest);
    const std::uint64_t old = found == known.end() ? 0 : found->second;
    if (count > old) fresh.record(Nanos{static_cast<std::int64_t>(lowest)}, count - old);
  });
  return fresh;
}

}  // namespace chargemill::app
