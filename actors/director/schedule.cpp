#include "actors/director/schedule.hpp"

#include <algorithm>

#include "runtime/base/assert.hpp"

namespace chargemill::director {
namespace {

/// The share moves linearly from `from` to `to`; a step if the two times are one.
struct Leg {
  SimTime begin;
  SimTime end;
  double from;
  double to;
};

SimTime between(SimTime begin, SimTime end, double fraction) {
  const auto length = static_cast<double>((end - begin).count());
  return begin + Nanos{static_cast<std::int64_t>(length * fraction)};
}

double first_share(const std::vector<ShareStage>& stages) {
  return !stages.empty() && stages.front().after == SimTime{} ? 0.0 : 1.0;
}

/// A stage that begins before the last one has arrived starts from where that one is.
std::vector<Leg> legs_of(const std::vector<ShareStage>& stages) {
  std::vector<Leg> legs;
  double share = first_share(stages);
  for (std::size_t i = 0; i < stages.size(); ++i) {
    const ShareStage& stage = stages[i];
    CHARGEMILL_ASSERT(i == 0 || stages[i - 1].after <= stage.after);
    Leg leg{stage.after, stage.after + stage.ramp, share, stage.share};
    const SimTime next = i + 1 < stages.size() ? stages[i + 1].after : kNever;
    if (next < leg.end) {
      const double done =
          static_cast<double>((next - leg.begin).count()) / static_cast<double>(stage.ramp.count());
      leg.to = leg.from + (leg.to - leg.from) * done;
      leg.end = next;
    }
    share = leg.to;
    legs.push_back(leg);
  }
  return legs;
}

}  // namespace

std::vector<Switch> make_schedule(const Settings& settings, const std::vector<Point>& points,
                                  const std::vector<ShareStage>& stages) {
  const std::vector<Leg> legs = legs_of(stages);
  const double share = first_share(stages);
  std::vector<Switch> schedule;
  schedule.reserve(points.size());
  for (std::uint32_t i = 0; i < points.size(); ++i) {
    const std::uint64_t entity = index_of(points[i].id);
    const double u = RandomStream(settings.seed, entity, Purpose::stages).uniform();
    SimTime last{};  // a point's own switches keep their order, whatever the spread of the start
    if (u < share) {
      // Evenly, in order of id: neighbours in memory wake one after the other, now and ever after.
      const double phase = static_cast<double>(i) / static_cast<double>(points.size());
      last = between(SimTime{}, SimTime{settings.start_spread}, phase);
      schedule.push_back({last, i, true});
    }
    for (const Leg& leg : legs) {
      const bool was = u < leg.from;
      const bool is = u < leg.to;
      if (was == is) continue;
      const double done = (u - leg.from) / (leg.to - leg.from);
      last = std::max(last, between(leg.begin, leg.end, done));
      schedule.push_back({last, i, is});
    }
  }
  std::stable_sort(schedule.begin(), schedule.end(),
                   [](const Switch& a, const Switch& b) { return a.at < b.at; });
  return schedule;
}

}  // namespace chargemill::director
