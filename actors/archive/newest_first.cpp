#include "actors/archive/newest_first.hpp"

#include <algorithm>
#include <functional>

namespace chargemill::archive {
namespace {

/// Workers are not further apart.
constexpr unsigned kTooOld = 16;
/// More than the points of a link have to say when it comes back.
constexpr unsigned kTooOldLate = 256;
/// An admitted session begins within its start time-out (D-055), which is 10 s unless somebody has
/// to plug in first.
constexpr UtcMicros kStartsWithin = std::chrono::seconds{60};

bool is_older_by(UtcMicros record, UtcMicros than, UtcMicros slack) noexcept {
  if (record >= than) return false;
  // Times of damaged records may be far apart.
  const auto gap =
      static_cast<std::uint64_t>(than.count()) - static_cast<std::uint64_t>(record.count());
  return gap > static_cast<std::uint64_t>(slack.count());
}

}  // namespace

void NewestFirst::add(UtcMicros row) {
  ++rows_;
  if (disorder_.too_old == 0) return;
  newest_.push_back(row);
  std::push_heap(newest_.begin(), newest_.end(), std::greater<>{});
  if (newest_.size() <= limit_) return;
  std::pop_heap(newest_.begin(), newest_.end(), std::greater<>{});
  newest_.pop_back();
}

bool NewestFirst::is_settled(UtcMicros record) noexcept {
  if (rows_ < limit_) return false;
  if (newest_.empty() || ++beyond_ > kBeyondMax) return true;
  const bool is_too_old = is_older_by(record, newest_.front(), disorder_.slack);
  too_old_ = is_too_old ? too_old_ + 1 : 0;
  return too_old_ >= disorder_.too_old;
}

NewestFirst by_record(const Filter& filter) {
  return {filter.limit, {UtcMicros{0}, filter.point.empty() ? kTooOld : 0}};
}

NewestFirst by_finding(const Filter& filter) {
  return {filter.limit, {UtcMicros{0}, filter.point.empty() ? kTooOldLate : 0, true}};
}

NewestFirst by_start(const Filter& filter) {
  return {filter.limit, {kStartsWithin, filter.point.empty() ? kTooOld : 1}};
}

}  // namespace chargemill::archive
