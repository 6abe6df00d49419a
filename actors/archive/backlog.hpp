// Records that the journal had no room for.
#pragma once

#include <deque>
#include <map>
#include <utility>

#include "actors/archive/records.hpp"

namespace chargemill::archive {

/// Keeps what must not be lost, in order and up to a bound, and of what may merge the latest of
/// each kind and point: bounded by the points.
class Backlog {
 public:
  explicit Backlog(std::size_t kept_max) : kept_max_(kept_max) {}

  void add(const Record& record);
  /// Offers all that waits to `try_append`, oldest promise first, until it declines. True: nothing
  /// waits any more.
  template <class TryAppend>
  bool drain(TryAppend try_append) {
    for (; !kept_.empty(); kept_.pop_front()) {
      if (!try_append(kept_.front())) return false;
    }
    while (!merged_.empty()) {
      if (!try_append(merged_.begin()->second)) return false;
      merged_.erase(merged_.begin());
    }
    return true;
  }
  [[nodiscard]] bool empty() const noexcept { return kept_.empty() && merged_.empty(); }
  /// What must not be lost waits.
  [[nodiscard]] bool has_promises() const noexcept { return !kept_.empty(); }
  /// Records that another one took the place of.
  [[nodiscard]] std::uint64_t merged() const noexcept { return merges_; }
  /// Records beyond the bound: gone.
  [[nodiscard]] std::uint64_t lost() const noexcept { return lost_; }
  /// What is kept of it (runtime/saved) while it is empty.
  template <class V>
  void fields(V& v) {
    v(merges_, lost_);
  }

 private:
  std::size_t kept_max_;
  std::deque<Record> kept_;
  std::map<std::pair<std::size_t, PointId>, Record> merged_;  // by kind and point
  std::uint64_t merges_ = 0;
  std::uint64_t lost_ = 0;
};

}  // namespace chargemill::archive
