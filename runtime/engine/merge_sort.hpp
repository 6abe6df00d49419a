// A stable sort that allocates nothing: std::stable_sort takes a buffer from the heap.
#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>

namespace chargemill::runtime {

/// Stable. For few elements, or nearly sorted ones.
template <class T, class Less>
void insertion_sort(T* first, T* last, Less less) {
  for (T* next = first + 1; next < last; ++next) {
    if (!less(*next, next[-1])) continue;
    const T moved = *next;
    T* hole = next;
    do {
      *hole = hole[-1];
      --hole;
    } while (hole != first && less(moved, hole[-1]));
    *hole = moved;
  }
}

/// Stable, with room for as many elements at `scratch`: sorted runs, then merges from side to
/// side. Cost: as insertion_sort() for up to kInsertionRun elements, else n log n.
template <class T, class Less>
void merge_sort(T* first, T* last, T* scratch, Less less) {
  constexpr std::ptrdiff_t kInsertionRun = 12;
  const std::ptrdiff_t n = last - first;
  if (n <= kInsertionRun) return insertion_sort(first, last, less);
  for (std::ptrdiff_t at = 0; at < n; at += kInsertionRun)
    insertion_sort(first + at, first + std::min(n, at + kInsertionRun), less);
  T* from = first;
  T* to = scratch;
  for (std::ptrdiff_t run = kInsertionRun; run < n; run *= 2) {
    for (std::ptrdiff_t at = 0; at < n; at += 2 * run) {
      const std::ptrdiff_t middle = std::min(n, at + run);
      const std::ptrdiff_t end = std::min(n, at + 2 * run);
      std::merge(from + at, from + middle, from + middle, from + end, to + at, less);
    }
    std::swap(from, to);
  }
  if (from != first) std::copy(from, from + n, first);
}

}  // namespace chargemill::runtime
