// A supervisor against a model that forgets nothing: restart intensity, back-off, giving up.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <ostream>
#include <vector>

#include "actors/supervisor/supervisor.hpp"
#include "tests/support/traces.hpp"

namespace chargemill::supervisor {
namespace {

using namespace std::chrono_literals;

constexpr ActorKind kKinds[] = {ActorKind::charge_point, ActorKind::monitor, ActorKind::driver};

enum class What : std::uint8_t { wait, oversleep, fail, storm };
struct Step {
  What what;
  std::int64_t n;  ///< milliseconds; which child; how many
};
std::ostream& operator<<(std::ostream& out, const Step& step) {
  switch (step.what) {
    case What::wait:
      return out << "wait " << step.n << " ms";
    case What::oversleep:
      return out << "oversleep " << step.n << " ms";
    case What::fail:
      return out << "child " << step.n << " fails";
    case What::storm:
      return out << step.n << " others fail";
  }
  return out;
}
Step any_step(RandomStream& random) {
  const auto below = [&](std::uint64_t n) { return static_cast<std::int64_t>(random.below(n)); };
  const auto dice = random.below(20);
  if (dice < 10) return {What::fail, below(4)};
  if (dice < 18) return {What::wait, below(random.below(8) == 0 ? 200'000 : 8'000)};
  if (dice < 19) return {What::oversleep, below(40'000)};
  return {What::storm, below(150)};
}
rc::Seq<Step> simpler(const Step& step) {
  return rc::seq::map(rc::shrink::towards(step.n, std::int64_t{0}), [step](std::int64_t n) {
    return Step{step.what, n};
  });
}

/// One child: each failure since it was last given up, in its running time.
struct Remembered {
  std::vector<SimTime> failures;
  Nanos down{};
  SimTime last{};
  SimTime restart_at = kNever;
};

class Bench {
 public:
  explicit Bench(const Settings& settings) : settings_(settings), state_(make_state(settings)) {}

  void play(const Step& step) {
    switch (step.what) {
      case What::wait:
        return pass(Millis{step.n});
      case What::oversleep:  // its ticks come late, all at once
        now_ += Millis{step.n};
        return pass(0ms);
      case What::fail:
        return fail({kKinds[step.n % 3], static_cast<std::uint32_t>(step.n)});
      case What::storm:
        for (std::uint32_t i = 0; i < step.n; ++i) fail({ActorKind::driver, 100 + i});
    }
  }
  /// Whoever waits is restarted, and then nothing is planned any more.
  void settle() {
    pass(std::max(settings_.delay_max, settings_.engine_delay));
    RC_ASSERT(due(state_) == kNever);
    RC_ASSERT(state_.totals.failures == state_.totals.restarts + state_.totals.given_up);
  }

 private:
  void fail(const Child& child) {
    const auto said = step(state_, ChildFailed{now_, child.second, child.first}, now_);
    Remembered& it = children_[child];
    if (it.restart_at != kNever) {  // the same failure, told twice
      RC_ASSERT(said.empty());
    } else if (recent(it) >= settings_.restarts_max) {
      RC_ASSERT(said.size() == 1U);
      const auto* const up = std::get_if<GiveUp>(&said[0]);
      RC_ASSERT((up != nullptr && Child(up->kind, up->index) == child));
      children_.erase(child);
      ++failures_;
      ++given_up_;
    } else {
      RC_ASSERT(said.empty());
      const Nanos delay = delay_of(child.first, recent(it));
      it.failures.push_back(now_ - it.down);
      it.down += delay;
      it.last = now_;
      it.restart_at = now_ + delay;
      ++failures_;
    }
    agree();
    RC_ASSERT(state_.children.size() <= lately());
  }
  /// Failures within the period, by the child's own time: the delays do not stretch it.
  [[nodiscard]] std::size_t recent(const Remembered& it) const {
    const SimTime from = now_ - it.down - settings_.period;
    return static_cast<std::size_t>(std::count_if(it.failures.begin(), it.failures.end(),
                                                  [from](SimTime f) { return f >= from; }));
  }
  [[nodiscard]] Nanos delay_of(ActorKind kind, std::size_t earlier) const {
    const Nanos first = kind == ActorKind::charge_point ? settings_.engine_delay : settings_.delay;
    return std::min(first * (1 << earlier), settings_.delay_max);
  }
  /// What may be remembered: children that wait, or failed within three periods.
  [[nodiscard]] std::size_t lately() const {
    return static_cast<std::size_t>(
        std::count_if(children_.begin(), children_.end(), [this](const auto& one) {
          const Remembered& it = one.second;
          return it.restart_at != kNever ||
                 now_ - it.last <= 3 * settings_.period + settings_.delay_max;
        }));
  }

  void pass(Nanos time) {
    const SimTime end = now_ + time;
    while (due(state_) <= end) {
      now_ = std::max(now_, due(state_));
      for (const Effect& effect : step(state_, Tick{}, now_)) {
        const auto* const again = std::get_if<RestartChild>(&effect);
        RC_ASSERT(again != nullptr);
        Remembered& it = children_.at({again->kind, again->index});
        RC_ASSERT(it.restart_at == earliest());  // in order, and only who waits
        RC_ASSERT(it.restart_at <= now_);        // not earlier
        it.restart_at = kNever;
        ++restarts_;
      }
      agree();
    }
    now_ = end;
  }
  [[nodiscard]] SimTime earliest() const {
    SimTime first = kNever;
    for (const auto& one : children_) first = std::min(first, one.second.restart_at);
    return first;
  }
  void agree() const {
    RC_ASSERT(due(state_) == earliest());
    RC_ASSERT(state_.totals.failures == failures_);
    RC_ASSERT(state_.totals.restarts == restarts_);
    RC_ASSERT(state_.totals.given_up == given_up_);
  }

  const Settings settings_;
  State state_;
  SimTime now_{};
  std::map<Child, Remembered> children_;
  std::uint64_t failures_ = 0, restarts_ = 0, given_up_ = 0;
};

TEST(SupervisorProperties, RestartsAndGivesUpAsAModelThatForgetsNothing) {  // D-216; law 6
  test::check_cases(500, [] {
    Settings settings;
    settings.restarts_max = *rc::gen::inRange<std::uint32_t>(0, 9).as("restarts_max");
    settings.period =
        Nanos{std::chrono::seconds{*rc::gen::inRange<std::int64_t>(10, 121).as("period, s")}};
    settings.delay_max = std::min(settings.delay_max, settings.period);
    Bench bench{settings};
    for (const Step& step : *test::any_trace(400, any_step, simpler).as("life")) bench.play(step);
    bench.settle();
  });
}

}  // namespace
}  // namespace chargemill::supervisor
