// 100,000 random histories of both breakers against a model written from the table of D-150.
#include <gtest/gtest.h>

#include <optional>
#include <vector>

#include "runtime/base/random_stream.hpp"
#include "runtime/resilience/circuit_breaker.hpp"
#include "runtime/resilience/local_breaker.hpp"

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
  std::optional<std::uint64_t> allow(std::int64_t now_ms) {
    if (mode == BreakerMode::open) {
      if (now_ms - opened_ms < limits.cooldown.count()) return std::nullopt;
      enter(BreakerMode::half_open, now_ms);
    }
    if (mode == BreakerMode::half_open && admitted++ >= limits.probes) {
      --admitted;
      return std::nullopt;
    }
    return epoch;
  }
};

/// What a caller holds: the same call, as each of the three knows it.
struct Call {
  std::uint64_t model;
  Permit shared;
  Permit local;
};

/// The model and both breakers, told the same things.
struct Life {
  BreakerLimits limits;
  Model model{limits};
  CircuitBreaker shared{limits};
  LocalBreaker local;
  std::vector<Call> calls;  // admitted, not over
  std::int64_t now_ms = 0;

  explicit Life(const BreakerLimits& l) : limits(l) {}
  [[nodiscard]] SimTime now() const { return SimTime{Millis{now_ms}}; }

  void ask() {
    const auto a = model.allow(now_ms);
    const auto b = shared.try_acquire(now());
    const auto c = local.try_acquire(limits, now());
    ASSERT_EQ(a.has_value(), b.has_value());
    ASSERT_EQ(a.has_value(), c.has_value());
    if (a) calls.push_back({*a, *b, *c});
  }
  /// Ends one of the calls, perhaps of an earlier epoch.
  void end_a_call(RandomStream& random) {
    if (calls.empty()) return;
    const auto at = random.below(calls.size());
    const Call call = calls[at];
    calls.erase(calls.begin() + static_cast<std::ptrdiff_t>(at));
    const bool counts = call.model == model.epoch;
    switch (random.below(3)) {
      case 0:
        if (counts) model.succeed(now_ms);
        shared.succeeded(call.shared);
        return local.succeeded(call.local, limits);
      case 1:
        if (counts) model.fail(now_ms);
        shared.failed(call.shared, now());
        return local.failed(call.local, limits, now());
      default:
        if (counts && model.mode == BreakerMode::half_open && model.admitted > 0) --model.admitted;
        shared.release(call.shared);
        return local.release(call.local);
    }
  }
  void record(bool failure) {
    if (failure) {
      model.fail(now_ms);
      shared.record_failure(now());
      local.record_failure(limits, now());
    } else {
      model.succeed(now_ms);
      shared.record_success();
      local.record_success(limits);
    }
  }
  void reset() {
    model.enter(BreakerMode::closed, now_ms);
    shared.reset();
    local.reset();
  }
  void agree() const {
    ASSERT_EQ(shared.mode(), model.mode);
    ASSERT_EQ(local.mode(), model.mode);
    ASSERT_EQ(shared.fields().admitted, model.admitted);
    ASSERT_EQ(shared.fields().successes, model.successes);
  }
};

void live_a_life(std::uint64_t seed) {
  RandomStream random{seed, 0, Purpose::choice};
  Life life{{static_cast<std::uint16_t>(1 + random.below(5)),
             Millis{static_cast<std::int64_t>(1 + random.below(50))},
             static_cast<std::uint16_t>(1 + random.below(4))}};
  for (int step = 0; step < 40 && !testing::Test::HasFatalFailure(); ++step) {
    const auto what = random.below(8);
    if (what < 2) {
      life.ask();
    } else if (what < 5) {
      life.end_a_call(random);
    } else if (what < 7) {
      life.record(what == 5);
    } else {
      if (random.below(20) == 0) life.reset();
      life.now_ms += static_cast<std::int64_t>(random.below(40));
    }
    life.agree();
  }
}

TEST(BreakerModel, AgreesOverAHundredThousandLives) {  // D-150 to D-157
  for (std::uint64_t seed = 1; seed <= 100'000; ++seed) {
    live_a_life(seed);
    if (HasFatalFailure()) FAIL() << "seed " << seed;
  }
}

}  // namespace
}  // namespace chargemill::runtime
