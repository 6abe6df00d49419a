#include "app/scenario/plan_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "actors/network/division.hpp"
#include "app/scenario/value.hpp"

namespace chargemill::app {
namespace {

// Engine, monitor and the share of central; the bar is 2,048 (bench/ measures what it is).
constexpr std::int64_t kBytesPerPoint = 2'048;
constexpr std::int64_t kBytesPerDriver = 640;
constexpr std::int64_t kBytesOfTheProcess = 64 << 20;
/// A list's request without its pause: to be decided, and the session if nothing bounds it.
constexpr double kServiceGuessSeconds = 60.0;

double seconds(Nanos nanos) { return static_cast<double>(nanos.count()) * 1e-9; }

fleet::Profile profile_of(const network::Scenario& s) {
  if (s.drivers.custom_profile) return *s.drivers.custom_profile;
  return fleet::builtin_profile(s.drivers.profile == fleet::ProfileName::file
                                    ? fleet::ProfileName::public_
                                    : s.drivers.profile);
}

/// What the profile brings, until some time.
class ProfileLoad {
 public:
  ProfileLoad(const network::Scenario& s, double points)
      : profile_(profile_of(s)),
        start_unix_s_(s.run.start_unix_s),
        per_day_(points * s.drivers.sessions_per_cp_per_day) {}

  [[nodiscard]] double rate(double at_s) const {
    if (!(per_day_ > 0)) return 0.0;
    return fleet::arrival_rate(profile_, per_day_, start_unix_s_ + static_cast<std::int64_t>(at_s));
  }
  [[nodiscard]] double requests(double until_s) const {
    constexpr int kSlices = 240;
    const double slice = until_s / kSlices;
    double sum = 0;
    for (int i = 0; i < kSlices; ++i) sum += rate(slice * (i + 0.5)) * slice;
    return sum;
  }

 private:
  const fleet::Profile profile_;
  const std::int64_t start_unix_s_;
  const double per_day_;
};

// The profile's, until the first stage takes over from it; then under a piecewise linear rate, of
// which a run that ends early has the beginning.
double moved_requests(const network::Scenario& s, double points) {
  std::vector<network::StageSpec> stages;
  for (const auto& stage : s.stages) {
    if (stage.target == network::StageTarget::request_rate) stages.push_back(stage);
  }
  const ProfileLoad profile{s, points};
  const double end = seconds(s.run.duration);
  if (stages.empty()) return profile.requests(end);
  double at = std::min(end, seconds(stages.front().after.time_since_epoch()));
  double rate = profile.rate(at);
  double sum = profile.requests(at);
  for (const auto& stage : stages) {
    const double from = std::min(end, seconds(stage.after.time_since_epoch()));
    const double ramp = seconds(stage.ramp);
    const double to = std::min(end, from + ramp);
    const double reached =
        ramp > 0 ? rate + (stage.value - rate) * (to - from) / ramp : stage.value;
    sum += rate * std::max(0.0, from - at) + (rate + reached) / 2 * (to - from);
    rate = reached;
    at = to;
  }
  return sum + rate * std::max(0.0, end - at);
}

/// How many charge points, or shards of central, a fault is about.
double targets_of(const network::FaultSpec& fault, const network::Scenario& s, const Plan& plan) {
  if (fault.point) return 1.0;
  if (fault.kind == network::FaultKind::central_restart) return static_cast<double>(plan.shards);
  const auto& listed = s.network.points;
  if (!fault.zone) return static_cast<double>(plan.charge_points);
  if (listed.empty()) return static_cast<double>(plan.charge_points) / network::generated_zones(s);
  return static_cast<double>(
      std::count_if(listed.begin(), listed.end(), [&](const network::PointSpec& point) {
        return network::zone_name(point.zone) == *fault.zone;
      }));
}

double expected_faults(const network::Scenario& s, const Plan& plan) {
  double sum = 0;
  for (const auto& fault : s.faults) {
    const double each = fault.rate_per_cp_per_hour
                            ? *fault.rate_per_cp_per_hour * seconds(s.run.duration) / 3600
                        : fault.at < SimTime{s.run.duration} ? 1.0
                                                             : 0.0;
    sum += each * targets_of(fault, s, plan);
  }
  return sum;
}

double listed_requests(const network::Scenario& s) {
  double sum = 0;
  const double service =
      s.network.max_session ? seconds(*s.network.max_session) : kServiceGuessSeconds;
  for (const auto& driver : s.drivers.named) {
    const double cycle = service + seconds(driver.pause.value_or(s.drivers.pause));
    sum += std::min(static_cast<double>(driver.requests.size()),
                    1.0 + seconds(s.run.duration) / cycle);
  }
  return sum;
}

std::size_t replayed_sessions(const network::Scenario& s) {
  return static_cast<std::size_t>(
      std::count_if(s.drivers.replay.begin(), s.drivers.replay.end(),
                    [&](const auto& session) { return session.start < SimTime{s.run.duration}; }));
}

std::string bytes_text(std::int64_t bytes) {
  const double mib = static_cast<double>(bytes) / (1 << 20);
  return mib < 1024 ? fmt::format("{:.0f} MiB", mib) : fmt::format("{:.1f} GiB", mib / 1024);
}

}  // namespace

Plan make_plan(const network::Scenario& s) {
  Plan plan;
  plan.charge_points = s.network.points.empty() ? s.network.charge_points : s.network.points.size();
  plan.drivers = std::uint64_t{s.drivers.count} + s.drivers.named.size();
  plan.shards = network::shards_of(s);
  // engine and monitor each; shard, fleet, director and supervisor for each shard
  plan.actors = 2 * plan.charge_points + plan.drivers + 4 * plan.shards;
  const auto points = static_cast<double>(plan.charge_points);
  plan.recorded = s.drivers.replay.size();
  plan.replayed = replayed_sessions(s);
  plan.expected_requests = moved_requests(s, points) + listed_requests(s) +
                           static_cast<double>(plan.replayed) +
                           points * s.drivers.initial_supplying;
  plan.expected_faults = expected_faults(s, plan);
  // ping, pong and the beat to central
  const double speed = s.run.speed.max ? 1.0 : s.run.speed.factor;
  plan.messages_per_s = 3 * points / seconds(s.network.health_interval) * speed;
  plan.memory_bytes = kBytesOfTheProcess +
                      kBytesPerPoint * static_cast<std::int64_t>(plan.charge_points) +
                      kBytesPerDriver * static_cast<std::int64_t>(plan.drivers);
  plan.wall_s = seconds(s.run.duration) / speed;
  return plan;
}

std::string recording_text(const Plan& plan) {
  if (plan.recorded == 0) return {};
  return fmt::format(
      "{} of {} recorded sessions{}", plan.replayed, plan.recorded,
      plan.replayed < plan.recorded ? "; the others begin after the end of the run" : "");
}

std::string counted(double mean, const char* what) {
  const auto text = fmt::format("{:.0f}", mean);
  return fmt::format("{} {}{}", text, what, text == "1" ? "" : "s");
}
std::string counted(std::uint64_t count, const char* what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

std::string plan_text(const network::Scenario& s) {
  const Plan plan = make_plan(s);
  std::string out;
  out += fmt::format("scenario   {}\n", s.run.name);
  out += s.run.speed.max
             ? fmt::format("time       {} of model time, as fast as the machine goes, seed {}\n",
                           duration_text(s.run.duration), s.run.seed)
             : fmt::format("time       {} of model time at speed {}: {} s, seed {}\n",
                           duration_text(s.run.duration), s.run.speed.factor,
                           plan.wall_s < 10 ? fmt::format("{:.2g}", plan.wall_s)
                                            : fmt::format("{:.0f}", plan.wall_s),
                           s.run.seed);
  out += fmt::format("network    {}, {}, {}, {}\n", counted(plan.charge_points, "charge point"),
                     counted(plan.drivers, "driver"), counted(plan.actors, "actor"),
                     counted(plan.shards, "shard"));
  if (s.network.external + s.drivers.external > 0)
    out += fmt::format("outside    places for {} and {} of other programs\n",
                       counted(std::uint64_t{s.network.external}, "charge point"),
                       counted(std::uint64_t{s.drivers.external}, "driver"));
  out += fmt::format("load       about {}, {}, {}/s\n", counted(plan.expected_requests, "request"),
                     counted(plan.expected_faults, "fault"),
                     counted(plan.messages_per_s, "health message"));
  if (plan.recorded > 0) out += fmt::format("replay     {}\n", recording_text(plan));
  out += fmt::format("thresholds {}\n", s.thresholds.size());
  out += fmt::format("memory     about {}, without the journal\n", bytes_text(plan.memory_bytes));
  return out;
}

}  // namespace chargemill::app
