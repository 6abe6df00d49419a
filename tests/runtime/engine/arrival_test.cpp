#include "runtime/engine/arrival.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "runtime/base/random_stream.hpp"

namespace chargemill::runtime {
namespace {

/// `n` arrivals for `entities` receivers; the letter's place in the list is told by a unique sender
/// where `ties` is false, and times and senders collide often where it is true.
std::vector<Arrival> any_arrivals(std::size_t n, Entity entities, bool ties, std::uint64_t seed) {
  RandomStream random{seed, 0, Purpose::choice};
  std::vector<Arrival> result;
  for (std::size_t i = 0; i < n; ++i) {
    const auto to = static_cast<Entity>(random.below(entities));
    const auto time = static_cast<std::int64_t>(random.below(ties ? 4 : 1'000'000'000));
    const auto from = static_cast<Entity>(ties ? random.below(3) : i);
    result.push_back(Arrival{time, to, from, {}});
  }
  return result;
}

bool canonical(const Arrival& a, const Arrival& b) {
  if (a.to != b.to) return a.to < b.to;
  if (a.time_ns != b.time_ns) return a.time_ns < b.time_ns;
  return a.from < b.from;
}

bool same(const Arrival& a, const Arrival& b) {
  return a.to == b.to && a.time_ns == b.time_ns && a.from == b.from;
}

TEST(CanonicalOrder, IsByReceiverThenTimeThenSenderForListsOfEverySize) {
  std::vector<Arrival> scratch;
  for (std::size_t n : {0U, 1U, 2U, 47U, 48U, 49U, 500U, 4'095U, 4'096U, 60'000U}) {
    for (Entity entities : {1U, 2U, 511U, 512U, 2'048U, 300'000U, 5'000'000U}) {
      SCOPED_TRACE("n " + std::to_string(n) + " entities " + std::to_string(entities));
      auto arrivals = any_arrivals(n, entities, false, n + entities);
      auto expected = arrivals;
      std::stable_sort(expected.begin(), expected.end(), canonical);
      sort_canonically(arrivals, scratch, entities);
      ASSERT_EQ(arrivals.size(), expected.size());
      EXPECT_TRUE(std::equal(arrivals.begin(), arrivals.end(), expected.begin(), same));
    }
  }
}

// The sequence of a sender is nowhere stored: it is the order of the list.
TEST(CanonicalOrder, KeepsTheOrderOfSendingAmongEquals) {
  std::vector<Arrival> scratch;
  for (std::size_t n : {20U, 200U, 9'000U}) {
    for (Entity entities : {1U, 7U, 900U}) {
      auto arrivals = any_arrivals(n, entities, true, n);
      // Each arrival remembers its place: a letter of its own, only compared by address.
      std::vector<LetterOf<std::uint64_t>> letters;
      letters.reserve(n);
      LetterArena arena;
      for (std::size_t i = 0; i < n; ++i)
        arrivals[i].letter = LetterPtr::in_window(arena, std::uint64_t{i});
      auto expected = arrivals;
      std::stable_sort(expected.begin(), expected.end(), canonical);
      sort_canonically(arrivals, scratch, entities);
      for (std::size_t i = 0; i < n; ++i)
        ASSERT_EQ(arrivals[i].letter.get(), expected[i].letter.get()) << i;
    }
  }
}

}  // namespace
}  // namespace chargemill::runtime
