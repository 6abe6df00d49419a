#include "app/scenario/check_output.hpp"

#include <fmt/format.h>

#include "actors/network/division.hpp"

namespace chargemill::app {
namespace {

/// Charge points with their monitors, drivers, what each shard has of its own, and the central.
std::size_t entities_of(const network::Scenario& s) {
  const std::size_t points =
      s.network.points.empty() ? s.network.charge_points : s.network.points.size();
  constexpr std::size_t kOfAShard = 4;  // itself, director, fleet, supervisor
  return 2 * points + s.drivers.count + s.drivers.named.size() + kOfAShard * network::shards_of(s) +
         1;
}

}  // namespace

std::uint64_t entities_digested_max(const network::Scenario& scenario) noexcept {
  if (!scenario.run.digest_every) return 0;
  const auto looks =
      static_cast<std::uint64_t>(scenario.run.duration / *scenario.run.digest_every) + 1;
  return kDigestBytesMax / sizeof(std::uint64_t) / looks;
}

void check_output(const OutputSettings& output, const network::Scenario& scenario,
                  const Origins& origins, std::vector<Diagnostic>& found) {
  const auto contradict = [&](const char* key, std::string text, std::string hint) {
    const auto written = origins.find(key);
    found.push_back({Code::contradiction, std::move(text),
                     written == origins.end() ? Place{} : written->second.place, std::move(hint)});
  };
  if (output.quiet && output.console == "on")
    contradict("output.console",
               "'output.console' is on, and 'output.quiet' leaves nobody to show it to",
               "--progress off leaves out all but the console lines");
  if (scenario.run.digest_every && output.dir == "off") {
    contradict("run.digest_every", "'run.digest_every' is set, and no run directory to write to",
               "without --no-out, or --out DIR");
  } else if (scenario.run.digest_every && entities_of(scenario) > entities_digested_max(scenario)) {
    contradict("run.digest_every",
               fmt::format("a network of {} entities: 'run.digest_every' keeps the digest of all "
                           "together, so that compare finds when two runs part, not where",
                           entities_of(scenario)),
               fmt::format("one by one up to {} entities with so many looks: look less often",
                           entities_digested_max(scenario)));
    found.back().severity = Severity::warning;
  }
  const bool is_shared = !output.data.empty() && output.data != "off";
  if (output.repeat == 1 || !is_shared) return;
  contradict("run.repeat",
             fmt::format("'run.repeat' ({}) and 'journal.dir' ({}): each run would go on where the "
                         "one before it ended, and none be like another",
                         output.repeat, output.data),
             "without --data each run keeps its journal in its own run directory");
}

}  // namespace chargemill::app
