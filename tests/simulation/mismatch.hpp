// Where two runs part that ought to be alike, also if they do so only now and then.
#pragma once

#include <algorithm>
#include <initializer_list>
#include <string>

#include "actors/network/digest.hpp"
#include "tests/simulation/shrink.hpp"
#include "tests/simulation/virtual_network.hpp"

namespace chargemill::test {

/// A race does not show in each run: so often it is looked for.
inline constexpr int kTries = 20;
/// And so often in each smaller scenario, many of which do not have it any more.
inline constexpr int kTriesOfSmaller = 5;

/// The first entity that differs; empty: none. A run is a VirtualNetwork or a SequentialSimulator.
template <class One, class Other>
std::string first_that_differs(const One& one, const Other& other) {
  const auto left = one.entities();
  const auto right = other.entities();
  if (left.size() != right.size()) return "other entities";
  for (std::size_t i = 0; i < left.size(); ++i) {
    if (left[i].digest != right[i].digest) return network::entity_name(left[i].kind, left[i].index);
  }
  return {};
}

/// The first step of model time after which an entity differs, or the end, when all that was under
/// way has arrived; and which entity. Empty: none ever does. Requires runs at their beginning.
template <class One, class Other>
std::string first_difference(One& one, Other& other, Nanos step) {
  for (SimTime t{}; t < one.end();) {
    t = std::min(t + step, one.end());
    one.run_until(t);
    other.run_until(t);
    const auto name = first_that_differs(one, other);
    if (!name.empty()) return "at " + std::to_string(t.time_since_epoch().count()) + " ns: " + name;
  }
  one.drain();
  other.drain();
  const auto name = first_that_differs(one, other);
  return name.empty() ? name : "after the end: " + name;
}

/// The same of the first of kTries pairs that differ: `one()` and `other()` make new runs. Empty:
/// no pair does.
template <class One, class Other>
std::string first_difference_of_any(const One& one, const Other& other, Nanos step) {
  for (int i = 0; i < kTries; ++i) {
    auto left = one();
    auto right = other();
    auto found = first_difference(left, right, step);
    if (!found.empty()) return found;
  }
  return {};
}

/// Plays `run` to its end, where its sums have to agree too.
template <class Run>
Digest digest_at_end(Run&& run) {
  const auto totals = run.finish();
  for (const auto& text : network::broken_identities(totals)) ADD_FAILURE() << text;
  return run.digest();
}

/// Empty: `scenario` comes to the same on one worker and on each number of `workers`. Else on how
/// many it does not, where the runs part, and the same of the smallest scenario that shows it.
/// `make(scenario, workers)` makes a run.
template <class Make>
std::string mismatch_of(const network::Scenario& scenario, std::initializer_list<unsigned> workers,
                        const Make& make) {
  const Digest on_one = digest_at_end(make(scenario, 1U));
  for (const unsigned n : workers) {
    if (digest_at_end(make(scenario, n)) == on_one) continue;
    const auto part = [&](const network::Scenario& s) {
      return first_difference_of_any([&] { return make(s, 1U); }, [&] { return make(s, n); },
                                     s.network.control_latency);
    };
    const auto differs = [&](const network::Scenario& s) {
      const Digest one = digest_at_end(make(s, 1U));
      for (int i = 0; i < kTriesOfSmaller; ++i) {
        if (digest_at_end(make(s, n)) != one) return true;
      }
      return false;
    };
    const auto text = "on " + std::to_string(n) + " workers: ";
    const auto first = part(scenario);  // of the whole, for the smaller one may not show it again
    if (first.empty()) return text + "not seen again in " + std::to_string(kTries) + " tries";
    const auto least = shrink(scenario, differs);
    const auto again = part(least);
    return text + first + "; shrunk to " + summary_of(least) + "; there " +
           (again.empty() ? "not seen again" : again);
  }
  return {};
}

}  // namespace chargemill::test
