// However harms overlap, and however late the director's ticks are, the last end mends each.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <ostream>
#include <vector>

#include "actors/director/director.hpp"
#include "tests/support/traces.hpp"

namespace chargemill::director {
namespace {

using namespace std::chrono_literals;

enum class What : std::uint8_t { wait, oversleep, inject, join, shard_fails, shard_back, halt };
struct Step {
  What what;
  std::int64_t n = 0;     ///< milliseconds; for an injection its duration
  std::uint64_t who = 0;  ///< which point and which kind, of those there are
};
std::ostream& operator<<(std::ostream& out, const Step& step) {
  switch (step.what) {
    case What::wait:
      return out << "wait " << step.n << " ms";
    case What::oversleep:
      return out << "oversleep " << step.n << " ms";
    case What::inject:
      return out << "inject " << step.who << " for " << step.n << " ms";
    case What::join:
      return out << "a point joins";
    case What::shard_fails:
      return out << "the shard fails";
    case What::shard_back:
      return out << "the shard is restarted";
    case What::halt:
      return out << "halt";
  }
  return out;
}
Step any_step(RandomStream& random) {
  const auto below = [&](std::uint64_t n) { return static_cast<std::int64_t>(random.below(n)); };
  const auto dice = random.below(40);
  if (dice < 16) return {What::wait, below(4'000)};
  if (dice < 20) return {What::oversleep, below(20'000)};
  if (dice < 34) return {What::inject, below(15'000), random.below(1'000)};
  if (dice < 36) return {What::join};
  if (dice < 38) return {What::shard_fails};
  if (dice < 39) return {What::shard_back};
  return below(4) == 0 ? Step{What::halt} : Step{What::wait, 0};
}
rc::Seq<Step> simpler(const Step& step) {
  return rc::seq::map(rc::shrink::towards(step.n, std::int64_t{0}), [step](std::int64_t n) {
    return Step{step.what, n, step.who};
  });
}

/// A harm that is begun and ended, never twice in a row: how it stands with one point.
struct Told {
  bool on = false, monitor_on = false;
  bool cut = false, monitor_cut = false;
  bool ko = false, meter_broken = false;
  bool has_crashed = false;
  bool is_sought = false;  ///< a silence or a KO key that its shard knows of and that may be found
};

class Bench {
 public:
  Bench(const Settings& settings, std::uint32_t points, const std::vector<ShareStage>& stages,
        const std::vector<Fault>& faults)
      : director_(make_state(settings, places(points), stages, faults)), points_(points) {
    RC_ASSERT(due(director_) == kNever);
    RC_ASSERT(step(director_, Tick{}, SimTime{1h}).empty());  // nothing before PowerOn
    say(PowerOn{});
  }

  void play(const Step& event) {
    switch (event.what) {
      case What::wait:
        return pass(Millis{event.n});
      case What::oversleep:  // its ticks come late, all at once
        now_ += Millis{event.n};
        return pass(0ms);
      case What::inject:
        return say(Inject{static_cast<FaultKind>(event.who % kFaultKinds),
                          PointId{static_cast<std::uint32_t>(event.who % (points_ + 1))},
                          Millis{event.n}});
      case What::join:
        say(Joined{PointId{points_}, ZoneId{0}});
        ++points_;
        return;
      case What::shard_fails:
        if (!shard_failed_) say(CentralDown{});
        shard_failed_ = true;
        return;
      case What::shard_back:
        if (shard_failed_) say(CentralUp{});
        shard_failed_ = false;
        return;
      case What::halt:
        return say(Halt{});
    }
  }
  /// No new harm, and time for what runs to end.
  void finish() {
    say(Halt{});
    if (shard_failed_) say(CentralUp{});
    pass(10min);
    RC_ASSERT(due(director_) == kNever);
    RC_ASSERT(central_up_);
    for (const Point& point : director_.points) {
      const Told& told = told_[point.id];
      RC_ASSERT(point.monitor_lost + point.cut + point.ko + point.meter + point.silent == 0);
      RC_ASSERT((!told.cut && !told.monitor_cut && !told.ko && !told.meter_broken));
      RC_ASSERT(!told.is_sought);
      RC_ASSERT((told.on == point.on && told.monitor_on == point.on));
    }
    std::uint64_t by_kind = 0;
    for (const auto count : director_.totals.by_kind) by_kind += count;
    RC_ASSERT(by_kind == director_.totals.injected);
  }

 private:
  static std::vector<Place> places(std::uint32_t points) {
    std::vector<Place> result;
    for (std::uint32_t p = 0; p < points; ++p)
      result.push_back({PointId{p}, ZoneId{static_cast<std::uint16_t>(p % 3)}});
    return result;
  }
  template <class E>
  void say(const E& event) {
    for (const Effect& effect : step(director_, event, now_)) hear(effect);
    pass(0ms);
  }
  void pass(Nanos time) {
    const SimTime end = now_ + time;
    while (due(director_) <= end) {
      now_ = std::max(now_, due(director_));
      const auto effects = step(director_, Tick{}, now_);
      RC_ASSERT(effects.size() <= kEffectsMax);
      for (const Effect& effect : effects) hear(effect);
    }
    now_ = end;
  }
  static void turn(bool& is, bool to) {
    RC_ASSERT(is != to);  // nobody is told twice
    is = to;
  }
  void hear(const Effect& effect) {
    if (const auto* p = std::get_if<ToPoint>(&effect)) return hear(told_[p->point], *p);
    if (const auto* m = std::get_if<ToMonitor>(&effect)) {
      Told& told = told_[m->point];
      if (std::holds_alternative<PowerOn>(m->message)) turn(told.monitor_on, true);
      // One that is lost goes off once more with its point.
      if (std::holds_alternative<PowerOff>(m->message)) told.monitor_on = false;
      if (std::holds_alternative<LinkDown>(m->message)) told.monitor_cut = true;
      if (std::holds_alternative<LinkUp>(m->message)) told.monitor_cut = false;
      return;
    }
    if (const auto* s = std::get_if<ToShard>(&effect)) {
      // Of its own failure the shard is told as well: it may be down already.
      if (std::holds_alternative<CentralDown>(s->message)) central_up_ = false;
      if (const auto* seen = std::get_if<FaultInjected>(&s->message))
        hear(told_[seen->point], *seen);
      if (std::holds_alternative<CentralUp>(s->message)) turn(central_up_, true);
    }
  }
  static void hear(Told& told, const FaultInjected& seen) {
    if (seen.at == kNever) RC_ASSERT(!told.ko);
    // A crash is not over before the engine starts again, which its shard hears.
    told.is_sought = seen.at != kNever && !told.has_crashed;
    told.has_crashed = false;
  }
  static void hear(Told& told, const ToPoint& what) {
    if (std::holds_alternative<PowerOn>(what.message)) turn(told.on, true);
    if (std::holds_alternative<PowerOff>(what.message)) turn(told.on, false);
    // A point that comes on is told again how its links are.
    if (std::holds_alternative<LinkDown>(what.message)) told.cut = true;
    if (std::holds_alternative<LinkUp>(what.message)) turn(told.cut, false);
    if (std::holds_alternative<KoKey>(what.message)) turn(told.ko, true);
    if (std::holds_alternative<OkKey>(what.message)) turn(told.ko, false);
    if (std::holds_alternative<MeterFails>(what.message)) turn(told.meter_broken, true);
    if (std::holds_alternative<MeterWorks>(what.message)) turn(told.meter_broken, false);
    told.has_crashed = std::holds_alternative<Crash>(what.message);
    if (told.has_crashed) RC_ASSERT(told.on);
    if (std::holds_alternative<Silence>(what.message)) RC_ASSERT(told.on);
  }

  State director_;
  std::uint32_t points_;
  SimTime now_{};
  std::map<PointId, Told> told_;
  bool central_up_ = true;
  bool shard_failed_ = false;
};

Fault any_fault() {
  Fault fault;
  fault.kind = static_cast<FaultKind>(*rc::gen::inRange<std::size_t>(0, kFaultKinds).as("kind"));
  fault.duration = Millis{*rc::gen::inRange(0, 20'000).as("duration, ms")};
  if (*rc::gen::arbitrary<bool>().as("by rate"))
    fault.rate_per_point_hour = *rc::gen::element(1.0, 30.0, 600.0).as("rate, 1/h");
  else
    fault.at = SimTime{Millis{*rc::gen::inRange(0, 60'000).as("at, ms")}};
  switch (*rc::gen::inRange(0, 3).as("where: everywhere, zone, point")) {
    case 1:
      fault.zone = ZoneId{*rc::gen::inRange<std::uint16_t>(0, 4)};
      break;
    case 2:
      fault.point = PointId{*rc::gen::inRange<std::uint32_t>(0, 90)};
      break;
    default:
      break;
  }
  return fault;
}

std::vector<ShareStage> any_stages() {
  std::vector<ShareStage> stages;
  SimTime after{};
  for (int n = *rc::gen::inRange(0, 4).as("stages"); n > 0; --n) {
    after += Millis{*rc::gen::inRange(0, 20'000)};
    stages.push_back(
        {after, Millis{*rc::gen::inRange(0, 5'000)}, *rc::gen::element(0.0, 0.4, 1.0)});
  }
  return stages;
}

TEST(DirectorProperties, TheLastEndMendsWhateverOverlapsAndHoweverLate) {  // law 5
  test::check_cases(400, [] {
    Settings settings;
    settings.seed = *rc::gen::inRange<std::uint64_t>(0, 1'000).as("seed");
    const auto points = *rc::gen::inRange<std::uint32_t>(1, 90).as("points");
    std::vector<Fault> faults;
    for (int n = *rc::gen::inRange(0, 5).as("faults"); n > 0; --n) faults.push_back(any_fault());
    Bench bench{settings, points, any_stages(), faults};
    for (const Step& step : *test::any_trace(80, any_step, simpler).as("life")) bench.play(step);
    bench.finish();
  });
}

}  // namespace
}  // namespace chargemill::director
