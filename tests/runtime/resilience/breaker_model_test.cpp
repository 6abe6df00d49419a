// 100,000 random lives of both breakers against a model written from the table of D-150.
#include <gtest/gtest.h>

#include <optional>
#include <ostream>
#include <vector>

#include "runtime/resilience/circuit_breaker.hpp"
#include "runtime/resilience/local_breaker.hpp"
#include "tests/support/traces.hpp"

namespace chargemill::runtime {
namespace {

/// Plain fields, one rule a line; a permit is the number of state changes so far.
struct Model {
  BreakerLimits limits;
  BreakerMode mode = BreakerMode::closed;
  int failures = 0;
  int admitted = 0;
  int successes = 0;
  std::int64_t opened_ms = 0;
  std::uint64_t epoch = 0;

  void enter(BreakerMode to, std::int64_t now_ms) {
    mode = to;
    ++epoch;
    admitted = 0;
    successes = 0;
    if (to == BreakerMode::open) opened_ms = now_ms;
    if (to == BreakerMode::closed) failures = 0;
  }
  void fail(std::int64_t now_ms) {
    const bool too_many = mode == BreakerMode::closed && ++failures >= limits.failures_max;
    if (too_many || mode == BreakerMode::half_open) enter(BreakerMode::open, now_ms);
  }
  void succeed(std::int64_t now_ms) {
    if (mode == BreakerMode::closed) failures = 0;
    if (mode == BreakerMode::half_open && ++successes >= limits.probes)
      enter(BreakerMode::closed, now_ms);
  }
  void release() {
    if (mode == BreakerMode::half_open && admitted > 0) --admitted;
  }
  [[nodiscard]] bool would_allow(std::int64_t now_ms) const {
    if (mode == BreakerMode::open) return now_ms - opened_ms >= limits.cooldown.count();
    return mode == BreakerMode::closed || admitted < limits.probes;
  }
  std::optional<std::uint64_t> allow(std::int64_t now_ms) {
    if (!would_allow(now_ms)) return std::nullopt;
    if (mode == BreakerMode::open) enter(BreakerMode::half_open, now_ms);
    if (mode == BreakerMode::half_open) ++admitted;
    return epoch;
  }
};

/// What befalls a breaker.
enum class What : std::uint8_t {
  ask,
  success,
  failure,
  release,
  record_success,
  record_failure,
  reset,
  wait
};
struct Step {
  What what;
  std::int64_t n;  ///< of which call, counted among those under way; how many milliseconds
};
std::ostream& operator<<(std::ostream& out, const Step& step) {
  switch (step.what) {
    case What::ask:
      return out << "ask";
    case What::success:
      return out << "call " << step.n << " succeeds";
    case What::failure:
      return out << "call " << step.n << " fails";
    case What::release:
      return out << "call " << step.n << " is released";
    case What::record_success:
      return out << "record success";
    case What::record_failure:
      return out << "record failure";
    case What::reset:
      return out << "reset";
    case What::wait:
      return out << "wait " << step.n << " ms";
  }
  return out;
}
Step any_step(RandomStream& random) {
  constexpr What kEnds[] = {What::success, What::failure, What::release};
  const auto what = random.below(8);
  if (what < 2) return {What::ask, 0};
  if (what < 5) return {kEnds[random.below(3)], static_cast<std::int64_t>(random.below(6))};
  if (what < 7) return {what == 5 ? What::record_failure : What::record_success, 0};
  if (random.below(20) == 0) return {What::reset, 0};
  return {What::wait, static_cast<std::int64_t>(random.below(40))};
}
rc::Seq<Step> simpler(const Step& step) {
  return rc::seq::map(rc::shrink::towards(step.n, std::int64_t{0}), [step](std::int64_t n) {
    return Step{step.what, n};
  });
}

/// What a caller holds: the same call, as each of the three knows it.
struct Call {
  std::uint64_t model;
  Permit shared;
  Permit local;
};

/// The model and both breakers, told the same things.
class Life {
 public:
  explicit Life(const BreakerLimits& limits) : limits_(limits), model_{limits}, shared_{limits} {}

  void play(const Step& step) {
    switch (step.what) {
      case What::ask:
        ask();
        break;
      case What::wait:
        now_ms_ += step.n;
        break;
      case What::record_success:
        model_.succeed(now_ms_);
        shared_.record_success();
        local_.record_success(limits_);
        break;
      case What::record_failure:
        model_.fail(now_ms_);
        shared_.record_failure(now());
        local_.record_failure(limits_, now());
        break;
      case What::reset:
        model_.enter(BreakerMode::closed, now_ms_);
        shared_.reset();
        local_.reset();
        break;
      default:
        end_a_call(step);
    }
    agree();
  }

 private:
  [[nodiscard]] SimTime now() const { return SimTime{Millis{now_ms_}}; }

  void ask() {
    const auto a = model_.allow(now_ms_);
    const auto b = shared_.try_acquire(now());
    const auto c = local_.try_acquire(limits_, now());
    RC_ASSERT(a.has_value() == b.has_value());
    RC_ASSERT(a.has_value() == c.has_value());
    if (a) calls_.push_back({*a, *b, *c});
  }
  /// Ends one of the calls, perhaps of an earlier epoch.
  void end_a_call(const Step& step) {
    if (calls_.empty()) return;
    const auto at = step.n % static_cast<std::int64_t>(calls_.size());
    const Call call = calls_[static_cast<std::size_t>(at)];
    calls_.erase(calls_.begin() + at);
    const bool counts = call.model == model_.epoch;
    if (step.what == What::success) {
      if (counts) model_.succeed(now_ms_);
      shared_.succeeded(call.shared);
      local_.succeeded(call.local, limits_);
    } else if (step.what == What::failure) {
      if (counts) model_.fail(now_ms_);
      shared_.failed(call.shared, now());
      local_.failed(call.local, limits_, now());
    } else {
      if (counts) model_.release();
      shared_.release(call.shared);
      local_.release(call.local);
    }
  }
  void agree() const {
    const BreakerFields f = shared_.fields();
    RC_ASSERT(f.mode == model_.mode);
    RC_ASSERT(int{f.failures} == model_.failures);
    RC_ASSERT(int{f.admitted} == model_.admitted);
    RC_ASSERT(int{f.successes} == model_.successes);
    if (f.mode != BreakerMode::closed) RC_ASSERT(std::int64_t(f.since_ms) == model_.opened_ms);
    RC_ASSERT(shared_.would_admit(now()) == model_.would_allow(now_ms_));
    RC_ASSERT(local_.word() == pack(f));
  }

  const BreakerLimits limits_;
  Model model_;
  CircuitBreaker shared_;
  LocalBreaker local_;
  std::vector<Call> calls_;  // admitted, not over
  std::int64_t now_ms_ = 0;
};

BreakerLimits any_limits() {
  const auto failures_max = *rc::gen::inRange<std::uint16_t>(1, 6).as("failures_max");
  const auto cooldown_ms = *rc::gen::inRange<std::int64_t>(1, 51).as("cooldown, ms");
  const auto probes = *rc::gen::inRange<std::uint16_t>(1, 5).as("probes");
  return {failures_max, Millis{cooldown_ms}, probes};
}

TEST(BreakerModel, AgreesOverAHundredThousandLives) {  // D-150 to D-157
  test::check_cases(100'000, [] {
    Life life{any_limits()};
    for (const Step& step : *test::any_trace(160, any_step, simpler).as("life")) life.play(step);
  });
}

}  // namespace
}  // namespace chargemill::runtime
