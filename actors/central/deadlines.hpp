// When which charge point is to be looked at: a heap that is corrected lazily.
#pragma once

#include <algorithm>
#include <vector>

#include "runtime/base/assert.hpp"
#include "runtime/base/units.hpp"

namespace chargemill::central {

/// The owner notes the earliest time filed for each index. A deadline that moves later costs
/// nothing until its old time comes; an entry whose time is not the noted one is stale. So a
/// heartbeat is one store.
class Deadlines {
 public:
  struct Entry {
    SimTime at;
    std::uint32_t index;
  };

  void file(SimTime at, std::uint32_t index) {
    heap_.push_back({at, index});
    std::push_heap(heap_.begin(), heap_.end(), is_later);
  }
  /// Requires !empty().
  Entry take() {
    CHARGEMILL_ASSERT(!heap_.empty());
    std::pop_heap(heap_.begin(), heap_.end(), is_later);
    const Entry entry = heap_.back();
    heap_.pop_back();
    return entry;
  }
  [[nodiscard]] SimTime next() const noexcept { return heap_.empty() ? kNever : heap_.front().at; }
  void clear() noexcept { heap_.clear(); }
  [[nodiscard]] std::size_t size() const noexcept { return heap_.size(); }

 private:
  // Equal times in rising order of index, so that equal histories give equal effects.
  static bool is_later(const Entry& a, const Entry& b) noexcept {
    return a.at != b.at ? a.at > b.at : a.index > b.index;
  }
  std::vector<Entry> heap_;
};

}  // namespace chargemill::central
