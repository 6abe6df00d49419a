#include "actors/central/deadlines.hpp"

#include <algorithm>
#include <utility>

#include "runtime/base/assert.hpp"

namespace chargemill::central {
namespace {

constexpr Nanos kDay = std::chrono::milliseconds{250};

std::int64_t day_of(SimTime at) noexcept { return at.time_since_epoch() / kDay; }

bool is_later(const Deadlines::Entry& a, const Deadlines::Entry& b) noexcept {
  return a.at != b.at ? a.at > b.at : a.index > b.index;
}

}  // namespace

void Deadlines::file(SimTime at, std::uint32_t index) {
  ++size_;
  put({at, index});
  if (today_.empty()) begin_next_day();
}

Deadlines::Entry Deadlines::take() {
  CHARGEMILL_ASSERT(!today_.empty());
  std::pop_heap(today_.begin(), today_.end(), is_later);
  const Entry entry = today_.back();
  today_.pop_back();
  --size_;
  if (today_.empty() && size_ > 0) begin_next_day();
  return entry;
}

void Deadlines::clear() noexcept {
  today_.clear();
  for (auto& day : days_) day.clear();
  occupied_ = {};
  later_.clear();
  later_day_ = INT64_MAX;
  size_ = 0;
}

void Deadlines::put(const Entry& entry) {
  const std::int64_t day = day_of(entry.at);
  if (day <= day_) {
    today_.push_back(entry);
    std::push_heap(today_.begin(), today_.end(), is_later);
    return;
  }
  if (day - day_ > static_cast<std::int64_t>(kDays)) {
    later_.push_back(entry);
    later_day_ = std::min(later_day_, day);
    return;
  }
  const std::size_t slot = static_cast<std::size_t>(day) % kDays;
  auto& list = days_[slot];
  if (list.capacity() == 0 && !spare_.empty()) {
    list = std::move(spare_.back());
    spare_.pop_back();
  }
  list.push_back(entry);
  occupied_[slot / 64] |= std::uint64_t{1} << (slot % 64);
}

/// The first day after day_ with a list that is not empty; INT64_MAX: there is none.
std::int64_t Deadlines::first_day() const noexcept {
  for (std::size_t ahead = 1; ahead <= kDays;) {
    const std::size_t slot =
        static_cast<std::size_t>(day_ + static_cast<std::int64_t>(ahead)) % kDays;
    const std::uint64_t rest = occupied_[slot / 64] >> (slot % 64);
    const std::size_t step =
        rest == 0 ? 64 - slot % 64 : static_cast<std::size_t>(__builtin_ctzll(rest));
    if (rest != 0 && ahead + step <= kDays) return day_ + static_cast<std::int64_t>(ahead + step);
    ahead += step;
  }
  return INT64_MAX;
}

// Once a day has passed, some of what lay too far ahead may have come into reach.
void Deadlines::begin_next_day() {
  CHARGEMILL_ASSERT(today_.empty() && size_ > 0);
  day_ = std::min(first_day(), later_day_);
  const std::size_t slot = static_cast<std::size_t>(day_) % kDays;
  today_.swap(days_[slot]);
  if (days_[slot].capacity() > 0) spare_.push_back(std::exchange(days_[slot], {}));
  occupied_[slot / 64] &= ~(std::uint64_t{1} << (slot % 64));
  std::make_heap(today_.begin(), today_.end(), is_later);
  if (later_day_ - day_ <= static_cast<std::int64_t>(kDays)) {
    later_day_ = INT64_MAX;
    for (const Entry& entry : std::exchange(later_, {})) put(entry);
  }
  CHARGEMILL_ASSERT(!today_.empty());
}

}  // namespace chargemill::central
