#include "app/sessions/generate_sessions.hpp"

#include <fmt/format.h>

#include <iterator>
#include <vector>

#include "actors/fleet/arrivals.hpp"
#include "app/sessions/civil_time.hpp"
#include "runtime/base/assert.hpp"

namespace chargemill::app {

std::string generate_sessions(const fleet::Profile& profile, const GenerateOptions& options) {
  CHARGEMILL_ASSERT(options.points > 0);
  CHARGEMILL_ASSERT(options.sessions_per_cp_per_day > 0.0);
  fleet::ArrivalSettings settings;
  settings.profile = &profile;
  settings.sessions_per_day = options.sessions_per_cp_per_day * options.points;
  settings.start_unix_s = options.start_unix_s;
  settings.seed = options.seed;
  fleet::Arrivals arrivals(settings);
  RandomStream choice(options.seed, 0, Purpose::choice);
  RandomStream demand(options.seed, 0, Purpose::demand);
  std::vector<std::int64_t> free_from(options.points, options.start_unix_s);
  std::string csv = "sessionId,kwhTotal,created,ended,stationId,userId\n";
  SimTime at{};
  for (std::size_t made = 0; made < options.count;) {
    at = arrivals.next(at);
    const auto since = std::chrono::duration_cast<std::chrono::seconds>(at.time_since_epoch());
    const std::int64_t start = options.start_unix_s + since.count();
    const auto first = static_cast<std::uint32_t>(choice.below(options.points));
    std::uint32_t tried = 0;
    while (tried < options.points && free_from[(first + tried) % options.points] > start) ++tried;
    if (tried == options.points) continue;
    const std::uint32_t point = (first + tried) % options.points;
    const fleet::Demand wanted = fleet::draw_demand(profile, start, options.power, demand);
    const std::int64_t end =
        start + std::chrono::duration_cast<std::chrono::seconds>(wanted.stay).count();
    const double kwh =
        static_cast<double>(wanted.energy.mj) / static_cast<double>(kMillijoulesPerKwh);
    free_from[point] = end;
    fmt::format_to(std::back_inserter(csv), "{},{:.2f},{},{},{},{}\n", ++made, kwh,
                   format_stamp(start), format_stamp(end), point + 1, 1 + choice.below(100));
  }
  return csv;
}

}  // namespace chargemill::app
