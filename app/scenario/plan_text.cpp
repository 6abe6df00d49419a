#include "app/scenario/plan_text.hpp"

#include <fmt/format.h>

#include <algorithm>

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

double profile_requests(const network::Scenario& s, double points) {
  const auto& p = s.drivers.custom_profile
                      ? *s.drivers.custom_profile
                      : fleet::builtin_profile(s.drivers.profile == fleet::ProfileName::file
                                                   ? fleet::ProfileName::public_
                                                   : s.drivers.profile);
  const double per_day = points * s.drivers.sessions_per_cp_per_day;
  if (!(per_day > 0)) return 0.0;
  constexpr int kSlices = 240;
  const double slice = seconds(s.run.duration) / kSlices;
  double sum = 0;
  for (int i = 0; i < kSlices; ++i) {
    const auto at = s.run.start_unix_s + static_cast<std::int64_t>(slice * (i + 0.5));
    sum += fleet::arrival_rate(p, per_day, at) * slice;
  }
  return sum;
}

// Under the piecewise linear rate of the stages, which take over from the profile.
double staged_requests(const network::Scenario& s, bool& staged) {
  double sum = 0;
  double value = 0;
  const double end = seconds(s.run.duration);
  double at = 0;
  for (const auto& stage : s.stages) {
    if (stage.target != network::StageTarget::request_rate) continue;
    staged = true;
    const double from = std::min(end, seconds(stage.after.time_since_epoch()));
    const double to = std::min(end, from + seconds(stage.ramp));
    sum += value * std::max(0.0, from - at) + (value + stage.value) / 2 * (to - from);
    value = stage.value;
    at = to;
  }
  return sum + value * std::max(0.0, end - at);
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
  bool staged = false;
  const double by_stages = staged_requests(s, staged);
  plan.expected_requests = (staged ? by_stages : profile_requests(s, points)) + listed_requests(s) +
                           static_cast<double>(plan.replayed) +
                           points * s.drivers.initial_supplying;
  for (const auto& fault : s.faults) {
    const double at = fault.point ? 1.0 : points;
    plan.expected_faults += fault.rate_per_cp_per_hour
                                ? *fault.rate_per_cp_per_hour * at * seconds(s.run.duration) / 3600
                                : 1.0;
  }
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

std::string plan_text(const network::Scenario& s) {
  const Plan plan = make_plan(s);
  std::string out;
  out += fmt::format("scenario   {}\n", s.run.name);
  out +=
      s.run.speed.max
          ? fmt::format("time       {} of model time, as fast as the machine goes, seed {}\n",
                        duration_text(s.run.duration), s.run.seed)
          : fmt::format("time       {} of model time at speed {}: {:.0f} s, seed {}\n",
                        duration_text(s.run.duration), s.run.speed.factor, plan.wall_s, s.run.seed);
  out += fmt::format("network    {} charge points, {} drivers, {} actors, {} shards\n",
                     plan.charge_points, plan.drivers, plan.actors, plan.shards);
  out += fmt::format("load       about {:.0f} requests, {:.0f} faults, {:.0f} health messages/s\n",
                     plan.expected_requests, plan.expected_faults, plan.messages_per_s);
  if (plan.recorded > 0) out += fmt::format("replay     {}\n", recording_text(plan));
  out += fmt::format("thresholds {}\n", s.thresholds.size());
  out += fmt::format("memory     about {}, without the journal\n", bytes_text(plan.memory_bytes));
  return out;
}

}  // namespace chargemill::app
