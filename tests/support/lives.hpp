// Properties over lives that a seed decides: one that fails is cut to its shortest beginning that
// still fails, then shown.
#pragma once

#include <gtest/gtest-spi.h>

#include <string>

#include "tests/support/traces.hpp"

namespace chargemill::test {

/// The first expectation of gtest that `play` does not meet, in words; empty: it meets all.
template <class Play>
std::string first_failure(Play play) {
  testing::TestPartResultArray results;
  {
    const testing::ScopedFakeTestPartResultReporter reporter(
        testing::ScopedFakeTestPartResultReporter::INTERCEPT_ONLY_CURRENT_THREAD, &results);
    play();
  }
  for (int i = 0; i < results.size(); ++i) {
    const testing::TestPartResult& result = results.GetTestPartResult(i);
    if (result.failed())
      return std::string{result.file_name() == nullptr ? "" : result.file_name()} + ":" +
             std::to_string(result.line_number()) + ": " + result.message();
  }
  return {};
}

/// `play(seed, events)` lives through the first `events` of the life that `seed` decides, and
/// expects its laws with gtest. Half of the lives are shorter than `events_max` / 2.
template <class Play>
void check_lives(int lives, unsigned events_max, Play play) {
  check_cases(lives, [&] {
    const auto seed = *rc::gen::arbitrary<std::uint32_t>().as("seed");
    const auto events = *rc::gen::resize(100, rc::gen::inRange(1U, events_max + 1)).as("events");
    const std::string failure = first_failure([&] { play(seed, events); });
    if (!failure.empty()) RC_FAIL(failure);
  });
}

}  // namespace chargemill::test
