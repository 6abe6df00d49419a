#include "runtime/engine/arrival.hpp"

#include <array>

#include "runtime/engine/merge_sort.hpp"

namespace chargemill::runtime {
namespace {

constexpr std::size_t kFew = 48;  // below: plain insertion is faster than counting
// Two digits should hold every receiver; the fewer bits, the fewer counters to clear and to add up,
// which a window of few arrivals pays for as one of many does.
constexpr unsigned kSmallDigit = 9;    // 262,144 entities
constexpr unsigned kMiddleDigit = 10;  // a million
constexpr unsigned kBigDigit = 11;     // four million; beyond: two passes more

bool earlier(const Arrival& a, const Arrival& b) noexcept {
  return a.time_ns != b.time_ns ? a.time_ns < b.time_ns : a.from < b.from;
}

/// One pass of a radix sort by the receiver's digit at `shift`.
template <unsigned Bits>
void scatter(const Arrival* first, std::size_t size, Arrival* to, unsigned shift) noexcept {
  constexpr std::uint32_t kMask = (1U << Bits) - 1;
  const Arrival* const last = first + size;
  std::array<std::uint32_t, std::size_t{1} << Bits> at{};
  for (const Arrival* a = first; a != last; ++a) ++at[(std::uint64_t{a->to} >> shift) & kMask];
  std::uint32_t sum = 0;
  for (auto& place : at) {
    const std::uint32_t count = place;
    place = sum;
    sum += count;
  }
  for (const Arrival* a = first; a != last; ++a)
    to[at[(std::uint64_t{a->to} >> shift) & kMask]++] = *a;
}

/// An even number of passes, so that the result lies where it was. `scratch` is at least as long.
template <unsigned Bits>
void sort_by_receiver(std::vector<Arrival>& arrivals, std::vector<Arrival>& scratch,
                      Entity entities) noexcept {
  for (unsigned shift = 0; shift < 32 && (entities >> shift) != 0; shift += 2 * Bits) {
    scatter<Bits>(arrivals.data(), arrivals.size(), scratch.data(), shift);
    scatter<Bits>(scratch.data(), arrivals.size(), arrivals.data(), shift + Bits);
  }
}

}  // namespace

void sort_canonically(std::vector<Arrival>& arrivals, std::vector<Arrival>& scratch,
                      Entity entities) {
  if (arrivals.size() < 2) return;
  if (arrivals.size() < kFew) {
    insertion_sort(arrivals.data(), arrivals.data() + arrivals.size(),
                   [](const Arrival& a, const Arrival& b) {
                     return a.to != b.to ? a.to < b.to : earlier(a, b);
                   });
    return;
  }
  if (scratch.size() < arrivals.size()) scratch.resize(arrivals.size());  // it never shrinks
  if (entities >> (2 * kSmallDigit) == 0) {
    sort_by_receiver<kSmallDigit>(arrivals, scratch, entities);
  } else if (entities >> (2 * kMiddleDigit) == 0) {
    sort_by_receiver<kMiddleDigit>(arrivals, scratch, entities);
  } else {
    sort_by_receiver<kBigDigit>(arrivals, scratch, entities);
  }
  Arrival* const end = arrivals.data() + arrivals.size();
  for (Arrival* first = arrivals.data(); first != end;) {
    Arrival* last = first + 1;
    while (last != end && last->to == first->to) ++last;
    if (last - first > 1)
      merge_sort(first, last, scratch.data() + (first - arrivals.data()), earlier);
    first = last;
  }
}

}  // namespace chargemill::runtime
