// A fleet's load is an open loop: which trips there are depends on nobody's being late or busy.
#include <gtest/gtest.h>

#include <deque>
#include <optional>
#include <ostream>
#include <set>
#include <vector>

#include "actors/fleet/fleet.hpp"
#include "tests/support/traces.hpp"

namespace chargemill::fleet {
namespace {

using namespace std::chrono_literals;

constexpr Power kPower{11'000};

enum class What : std::uint8_t { wait, oversleep, idle, central_down, central_up, halt };
struct Step {
  What what;
  std::int64_t n = 0;  ///< milliseconds; which of the busy drivers
};
std::ostream& operator<<(std::ostream& out, const Step& step) {
  switch (step.what) {
    case What::wait:
      return out << "wait " << step.n << " ms";
    case What::oversleep:
      return out << "oversleep " << step.n << " ms";
    case What::idle:
      return out << "busy driver " << step.n << " is idle";
    case What::central_down:
      return out << "central down";
    case What::central_up:
      return out << "central up";
    case What::halt:
      return out << "halt";
  }
  return out;
}
Step any_step(RandomStream& random) {
  const auto below = [&](std::uint64_t n) { return static_cast<std::int64_t>(random.below(n)); };
  const auto dice = random.below(40);
  if (dice < 14) return {What::wait, below(2'000)};
  if (dice < 18) return {What::oversleep, below(10'000)};
  if (dice < 36) return {What::idle, below(8)};
  if (dice < 38) return {What::central_down};
  if (dice < 39) return {What::central_up};
  return below(4) == 0 ? Step{What::halt} : Step{What::wait, 0};
}
rc::Seq<Step> simpler(const Step& step) {
  return rc::seq::map(rc::shrink::towards(step.n, std::int64_t{0}), [step](std::int64_t n) {
    return Step{step.what, n};
  });
}

struct Given {
  Settings settings;
  double rate;  ///< per second
  std::uint32_t places;
  std::uint32_t drivers;
  SimTime end;
  std::vector<ReplayTrip> replay;
};
State make(const Given& given, std::uint32_t drivers) {
  ArrivalSettings arrivals;
  arrivals.seed = given.settings.seed;
  arrivals.end = given.end;
  if (given.rate > 0.0) arrivals.stages = {{SimTime{}, Nanos{0}, given.rate}};
  std::vector<Place> places;
  for (std::uint32_t i = 0; i < given.places; ++i)
    places.push_back({PointId{i}, ZoneId{static_cast<std::uint16_t>(i % 3)}, kPower});
  std::vector<DriverId> idle;
  for (std::uint32_t i = 0; i < drivers; ++i) idle.push_back(DriverId{i});
  return make_state(given.settings, Arrivals(arrivals), &builtin_profile(ProfileName::public_),
                    places, idle, given.replay);
}
bool is_same(const Trip& a, const Trip& b) {
  return a.due == b.due && a.target == b.target && a.stay == b.stay && a.point == b.point &&
         a.zone == b.zone && a.any_in_zone == b.any_in_zone;
}

/// The same fleet with a driver always at hand and ticks in time: all trips, in order.
class Prompt {
 public:
  explicit Prompt(const Given& given) : fleet_(make(given, kDispatchesMax)) {
    static_cast<void>(step(fleet_, PowerOn{}, SimTime{}));
  }
  std::optional<Trip> next(SimTime until) {
    while (trips_.empty() && due(fleet_) <= until) {
      for (const Effect& effect : step(fleet_, Tick{}, due(fleet_))) {
        const auto& dispatch = std::get<Dispatch>(effect);
        trips_.push_back(dispatch.trip);
        static_cast<void>(step(fleet_, DriverIdle{dispatch.driver}, SimTime{}));
      }
    }
    if (trips_.empty()) return std::nullopt;
    const Trip trip = trips_.front();
    trips_.pop_front();
    return trip;
  }

 private:
  State fleet_;
  std::deque<Trip> trips_;
};

class Bench {
 public:
  explicit Bench(const Given& given)
      : given_(given), fleet_(make(given, given.drivers)), prompt_(given) {
    for (std::uint32_t i = 0; i < given.drivers; ++i) idle_.insert(DriverId{i});
    RC_ASSERT(due(fleet_) == kNever);
    RC_ASSERT(step(fleet_, Tick{}, SimTime{1h}).empty());  // nothing before PowerOn
    RC_ASSERT(step(fleet_, PowerOn{}, now_).empty());
  }

  void play(const Step& event) {
    switch (event.what) {
      case What::wait:
        return pass(Millis{event.n});
      case What::oversleep:  // its ticks come late, all at once
        now_ += Millis{event.n};
        return pass(0ms);
      case What::idle:
        return come_back(static_cast<std::size_t>(event.n));
      case What::central_down:
        RC_ASSERT(step(fleet_, CentralDown{}, now_).empty());
        return;
      case What::central_up:
        RC_ASSERT(step(fleet_, CentralUp{}, now_).empty());
        return;
      case What::halt:
        RC_ASSERT(step(fleet_, Halt{}, now_).empty());
        halted_ = true;
        RC_ASSERT(due(fleet_) == kNever);
    }
  }

 private:
  void come_back(std::size_t which) {
    if (busy_.empty()) return;
    const auto it = busy_.begin() + static_cast<std::ptrdiff_t>(which % busy_.size());
    idle_.insert(*it);
    RC_ASSERT(step(fleet_, DriverIdle{*it}, now_).empty());
    busy_.erase(it);
  }
  void pass(Nanos time) {
    const SimTime end = now_ + time;
    while (due(fleet_) <= end) {
      now_ = std::max(now_, due(fleet_));
      for (const Effect& effect : step(fleet_, Tick{}, now_)) hear(std::get<Dispatch>(effect));
      shed_while_nobody_is_idle();
    }
    now_ = end;
    RC_ASSERT((halted_ || !peek(now_)));
    RC_ASSERT(fleet_.totals.offered == done_ + shed_);
    RC_ASSERT(fleet_.totals.done == done_);
    RC_ASSERT(fleet_.totals.shed == shed_);
  }
  /// The next trip there is by `until`, taken or not.
  const std::optional<Trip>& peek(SimTime until) {
    if (!next_) next_ = prompt_.next(until);
    return next_;
  }
  void hear(const Dispatch& said) {
    RC_ASSERT(peek(now_).has_value());
    RC_ASSERT(is_same(said.trip, *next_));
    RC_ASSERT(idle_.erase(said.driver) == 1U);  // nobody makes two trips at once
    busy_.push_back(said.driver);
    ++done_;
    judge(*next_);
    next_.reset();
  }
  /// What was due and is gone without a word.
  void shed_while_nobody_is_idle() {
    while (done_ + shed_ < fleet_.totals.offered) {
      RC_ASSERT((idle_.empty() && peek(now_)));
      ++shed_;
      judge(*next_);
      next_.reset();
    }
  }
  void judge(const Trip& trip) {
    RC_ASSERT(trip.due >= last_due_);  // in order
    RC_ASSERT(trip.due <= now_);       // none before its time
    last_due_ = trip.due;
    const bool ends_at_once = trip.target == Energy{0} && trip.stay == 1ns;
    RC_ASSERT((ends_at_once || trip.target.mj > 0));  // 0 would mean: no limit
    RC_ASSERT(trip.target <= kPower * trip.stay);     // the stay can hold it
  }

  const Given given_;
  State fleet_;
  Prompt prompt_;
  SimTime now_{};
  SimTime last_due_{};
  std::set<DriverId> idle_;
  std::deque<DriverId> busy_;
  std::optional<Trip> next_;
  std::uint64_t done_ = 0, shed_ = 0;
  bool halted_ = false;
};

Given any_given() {
  Given given;
  given.settings.seed = *rc::gen::inRange<std::uint64_t>(0, 1'000).as("seed");
  given.settings.any_in_zone = *rc::gen::arbitrary<bool>().as("any in zone");
  given.settings.initial_supplying = *rc::gen::element(0.0, 0.3, 1.0).as("initial supplying");
  given.rate = *rc::gen::element(0.0, 0.5, 5.0).as("rate, 1/s");
  given.places = *rc::gen::inRange<std::uint32_t>(1, 40).as("places");
  given.drivers = *rc::gen::inRange<std::uint32_t>(0, 40).as("drivers");
  given.end = SimTime{std::chrono::seconds{*rc::gen::inRange(1, 200).as("end, s")}};
  const auto replayed = *rc::gen::container<std::vector<std::tuple<int, int, int>>>(
                             rc::gen::tuple(rc::gen::inRange(0, 60'000), rc::gen::inRange(0, 9),
                                            rc::gen::inRange(0, 3'600)))
                             .as("replay (due ms, energy 0.1 kWh, stay s)");
  for (const auto& [ms, energy, stay] : replayed) {
    given.replay.push_back({SimTime{Millis{ms}}, Energy{energy * kMillijoulesPerKwh / 10},
                            std::chrono::seconds{stay},
                            static_cast<std::uint32_t>(ms) % given.places});
  }
  return given;
}

TEST(FleetProperties, OffersTheSameTripsHoweverLateOrBusyAnybodyIs) {  // laws 5 and 7
  test::check_cases(400, [] {
    Bench bench{any_given()};
    for (const Step& step : *test::any_trace(160, any_step, simpler).as("life")) bench.play(step);
  });
}

/// D-110 as the replay sees it: each recorded session once, its energy to the millijoule.
RC_GTEST_PROP(FleetProperties, ReplaysEachSessionOnceAndToTheMillijoule, ()) {
  Given given = any_given();
  given.rate = 0.0;
  given.settings.initial_supplying = 0.0;
  Prompt prompt{given};
  std::multiset<std::pair<SimTime, std::int64_t>> expected, found;
  for (const ReplayTrip& trip : given.replay) expected.emplace(trip.due, trip.energy.mj);
  while (const auto trip = prompt.next(SimTime{1h})) found.emplace(trip->due, trip->target.mj);
  RC_ASSERT(found == expected);
}

}  // namespace
}  // namespace chargemill::fleet
