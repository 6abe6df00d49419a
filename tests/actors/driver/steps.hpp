// What may befall a driver, a step a line.
#pragma once

#include <cstdint>
#include <ostream>

#include "tests/support/traces.hpp"

namespace chargemill::driver {

enum class What : std::uint8_t {
  wait,
  accept,
  deny,
  progress,
  complete,
  fail,
  ticket_again,
  foreign,
  link,
  leave,
  come_back,
  crash,
  restart,
  trip,
  halt,
  shard
};
inline constexpr const char* kWords[] = {"wait ",    "accept",   "deny",         "progress",
                                         "complete", "fail",     "ticket again", "foreign update",
                                         "link ",    "leave",    "return",       "crash",
                                         "restart",  "trip to ", "halt",         "shard "};
struct Step {
  What what;
  std::int64_t n = 0;  ///< milliseconds; down, up; a named point, any in the zone
};
inline std::ostream& operator<<(std::ostream& out, const Step& step) {
  out << kWords[static_cast<std::size_t>(step.what)];
  if (step.what == What::wait) out << step.n << " ms";
  if (step.what == What::link || step.what == What::shard) out << (step.n == 0 ? "down" : "up");
  if (step.what == What::trip) out << (step.n == 0 ? "a point" : "any in the zone");
  return out;
}
inline Step any_step(RandomStream& random) {
  const auto below = [&](std::uint64_t n) { return static_cast<std::int64_t>(random.below(n)); };
  const auto dice = random.below(32);
  if (dice < 9) return {What::wait, below(random.below(4) == 0 ? 40'000 : 6'000)};
  if (dice < 20) return {static_cast<What>(1 + below(5))};
  if (dice < 21) return {What::ticket_again};
  if (dice < 22) return {What::shard, below(2)};
  if (dice < 23) return {What::foreign};
  if (dice < 26) return {What::link, below(2)};
  if (dice < 29) return {static_cast<What>(9 + below(4))};
  if (dice < 31) return {What::trip, below(2)};
  return below(8) == 0 ? Step{What::halt} : Step{What::come_back};
}
inline rc::Seq<Step> simpler(const Step& step) {
  return rc::seq::map(rc::shrink::towards(step.n, std::int64_t{0}), [step](std::int64_t n) {
    return Step{step.what, n};
  });
}

}  // namespace chargemill::driver
