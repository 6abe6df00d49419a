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
    if (mode == BreakerMode::closed && ++failures >= limits.failures_max)
      enter(BreakerMode::open, now_ms);
    else if (mode == BreakerMode::half_open)
      enter(BreakerMode::open, now_ms);
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

void live_a_life(std::uint64_t seed) {
  RandomStream random{seed, 0, Purpose::choice};
  const BreakerLimits limits{static_cast<std::uint16_t>(1 + random.below(5)),
                             Millis{static_cast<std::int64_t>(1 + random.below(50))},
                             static_cast<std::uint16_t>(1 + random.below(4))};
  Model model{limits};
  CircuitBreaker shared{limits};
  LocalBreaker local;
  std::vector<Call> calls;
  std::int64_t now_ms = 0;
  for (int step = 0; step < 40; ++step) {
    const SimTime now{Millis{now_ms}};
    const auto take = [&]() -> std::optional<Call> {
      if (calls.empty()) return std::nullopt;
      const auto at = random.below(calls.size());
      const Call call = calls[at];
      calls.erase(calls.begin() + static_cast<std::ptrdiff_t>(at));
      return call;
    };
    switch (random.below(8)) {
      case 0:
      case 1: {
        const auto a = model.allow(now_ms);
        const auto b = shared.try_acquire(now);
        const auto c = local.try_acquire(limits, now);
        ASSERT_EQ(a.has_value(), b.has_value()) << "step " << step;
        ASSERT_EQ(a.has_value(), c.has_value()) << "step " << step;
        if (a) calls.push_back({*a, *b, *c});
        break;
      }
      case 2:
        if (const auto call = take()) {
          if (call->model == model.epoch) model.succeed(now_ms);
          shared.succeeded(call->shared);
          local.succeeded(call->local, limits);
        }
        break;
      case 3:
        if (const auto call = take()) {
          if (call->model == model.epoch) model.fail(now_ms);
          shared.failed(call->shared, now);
          local.failed(call->local, limits, now);
        }
        break;
      case 4:
        if (const auto call = take()) {
          if (call->model == model.epoch && model.mode == BreakerMode::half_open &&
              model.admitted > 0)
            --model.admitted;
          shared.release(call->shared);
          local.release(call->local);
        }
        break;
      case 5:
        model.fail(now_ms);
        shared.record_failure(now);
        local.record_failure(limits, now);
        break;
      case 6:
        model.succeed(now_ms);
        shared.record_success();
        local.record_success(limits);
        break;
      default:
        if (random.below(20) == 0) {
          model.enter(BreakerMode::closed, now_ms);
          shared.reset();
          local.reset();
        }
        now_ms += static_cast<std::int64_t>(random.below(40));
    }
    ASSERT_EQ(shared.mode(), model.mode) << "step " << step;
    ASSERT_EQ(local.mode(), model.mode) << "step " << step;
    ASSERT_EQ(shared.fields().admitted, model.admitted) << "step " << step;
    ASSERT_EQ(shared.fields().successes, model.successes) << "step " << step;
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
