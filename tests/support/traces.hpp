// Properties over traces: a case is a list of small steps, and one that fails is made short before
// it is shown.
#pragma once

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <sstream>
#include <type_traits>
#include <utility>
#include <vector>

#include "runtime/base/random_stream.hpp"

namespace chargemill::test {

/// Up to `length_max` steps (fewer in the first cases), each a `draw(RandomStream&)`. Of a failing
/// trace first whole runs of steps are left out, then single steps become what `simpler(step)`, an
/// rc::Seq of steps, offers. So a step has to make sense after any others: what it refers to is
/// chosen when it is played.
template <class Draw, class Simpler>
auto any_trace(std::size_t length_max, Draw draw, Simpler simpler) {
  using Trace = std::vector<std::decay_t<std::invoke_result_t<Draw&, RandomStream&>>>;
  const auto shrinks = [simpler](const Trace& trace) {
    return rc::seq::concat(rc::shrink::removeChunks(trace),
                           rc::shrink::eachElement(trace, simpler));
  };
  // One generator for the whole trace, not one for each step: a hundred thousand traces are made in
  // seconds.
  return rc::Gen<Trace>{[length_max, draw, shrinks](const rc::Random& random, int size) {
    RandomStream stream{rc::Random{random}.next(), 0, Purpose::choice};
    const std::uint64_t longest = length_max * (static_cast<std::uint64_t>(size) + 1) / 100;
    const std::uint64_t length = 1 + stream.below(longest + 1);
    Trace trace;
    trace.reserve(length);
    while (trace.size() < length) trace.push_back(draw(stream));
    return rc::shrinkable::shrinkRecur(std::move(trace), shrinks);
  }};
}

/// Checks `property` in this many cases, unless RC_PARAMS asks for another number of them.
template <class Property>
void check_cases(int cases, Property property) {
  rc::detail::TestParams params = rc::detail::configuration().testParams;
  if (params.maxSuccess == rc::detail::TestParams{}.maxSuccess) params.maxSuccess = cases;
  const auto* const running = testing::UnitTest::GetInstance()->current_test_info();
  rc::detail::TestMetadata metadata;
  metadata.id = std::string{running->test_suite_name()} + "/" + running->name();
  metadata.description = running->name();
  const auto result = rc::detail::checkTestable(property, metadata, params);
  if (result.template is<rc::detail::SuccessResult>()) return;
  std::ostringstream text;
  rc::detail::printResultMessage(result, text);
  FAIL() << text.str();
}

}  // namespace chargemill::test
