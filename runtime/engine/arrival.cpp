#include "runtime/engine/arrival.hpp"

#include <algorithm>
#include <array>

namespace chargemill::runtime {
namespace {

constexpr std::size_t kFew = 48;  // below: plain insertion is faster than counting
constexpr std::size_t kManyForBigDigits = 4'096;
constexpr unsigned kSmallDigit = 9;
constexpr unsigned kBigDigit = 11;
constexpr std::ptrdiff_t kInsertionRun = 12;

bool earlier(const Arrival& a, const Arrival& b) noexcept {
  return a.time_ns != b.time_ns ? a.time_ns < b.time_ns : a.from < b.from;
}

template <class Less>
void insertion_sort(Arrival* first, Arrival* last, Less less) noexcept {
  for (Arrival* next = first + 1; next < last; ++next) {
    if (!less(*next, next[-1])) continue;
    const Arrival moved = *next;
    Arrival* hole = next;
    do {
      *hole = hole[-1];
      --hole;
    } while (hole != first && less(moved, hole[-1]));
    *hole = moved;
  }
}

/// A stable merge sort with room in `scratch`: sorted runs, then merges from side to side.
void merge_sort(Arrival* first, Arrival* last, Arrival* scratch) {
  const std::ptrdiff_t n = last - first;
  for (std::ptrdiff_t at = 0; at < n; at += kInsertionRun)
    insertion_sort(first + at, first + std::min(n, at + kInsertionRun), earlier);
  Arrival* from = first;
  Arrival* to = scratch;
  for (std::ptrdiff_t run = kInsertionRun; run < n; run *= 2) {
    for (std::ptrdiff_t at = 0; at < n; at += 2 * run) {
      const std::ptrdiff_t middle = std::min(n, at + run);
      const std::ptrdiff_t end = std::min(n, at + 2 * run);
      std::merge(from + at, from + middle, from + middle, from + end, to + at, earlier);
    }
    std::swap(from, to);
  }
  if (from != first) std::copy(from, from + n, first);
}

/// One pass of a radix sort by the receiver's digit at `shift`.
template <unsigned Bits>
void scatter(const std::vector<Arrival>& from, std::vector<Arrival>& to, unsigned shift) noexcept {
  constexpr std::uint32_t kMask = (1U << Bits) - 1;
  std::array<std::uint32_t, std::size_t{1} << Bits> at{};
  for (const Arrival& a : from) ++at[(a.to >> shift) & kMask];
  std::uint32_t sum = 0;
  for (auto& place : at) {
    const std::uint32_t count = place;
    place = sum;
    sum += count;
  }
  for (const Arrival& a : from) to[at[(a.to >> shift) & kMask]++] = a;
}

template <unsigned Bits>
void sort_by_receiver(std::vector<Arrival>& arrivals, std::vector<Arrival>& scratch,
                      Entity entities) noexcept {
  for (unsigned shift = 0; shift < 32 && (entities >> shift) != 0; shift += Bits) {
    scatter<Bits>(arrivals, scratch, shift);
    arrivals.swap(scratch);
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
  scratch.resize(arrivals.size());
  if (arrivals.size() < kManyForBigDigits) {
    sort_by_receiver<kSmallDigit>(arrivals, scratch, entities);
  } else {
    sort_by_receiver<kBigDigit>(arrivals, scratch, entities);
  }
  Arrival* const end = arrivals.data() + arrivals.size();
  for (Arrival* first = arrivals.data(); first != end;) {
    Arrival* last = first + 1;
    while (last != end && last->to == first->to) ++last;
    if (last - first > 1) {
      if (last - first <= kInsertionRun) {
        insertion_sort(first, last, earlier);
      } else {
        merge_sort(first, last, scratch.data() + (first - arrivals.data()));
      }
    }
    first = last;
  }
}

}  // namespace chargemill::runtime
