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
  nodes_.clear();
  free_ = kNone;
  std::fill(days_.begin(), days_.end(), kNone);
  occupied_ = {};
  later_ = kNone;
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
    push(later_, entry);
    later_day_ = std::min(later_day_, day);
    return;
  }
  const std::size_t slot = static_cast<std::size_t>(day) % kDays;
  push(days_[slot], entry);
  occupied_[slot / 64] |= std::uint64_t{1} << (slot % 64);
}

void Deadlines::push(std::uint32_t& list, const Entry& entry) {
  if (free_ == kNone) {
    nodes_.push_back({entry, list});
    list = static_cast<std::uint32_t>(nodes_.size() - 1);
    return;
  }
  const std::uint32_t node = free_;
  free_ = nodes_[node].next;
  nodes_[node] = {entry, list};
  list = node;
}

template <class F>
void Deadlines::consume(std::uint32_t list, F f) {
  while (list != kNone) {
    const Node node = nodes_[list];
    nodes_[list].next = free_;
    free_ = list;
    list = node.next;
    f(node.entry);
  }
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
  consume(std::exchange(days_[slot], kNone), [this](const Entry& e) { today_.push_back(e); });
  occupied_[slot / 64] &= ~(std::uint64_t{1} << (slot % 64));
  std::make_heap(today_.begin(), today_.end(), is_later);
  if (later_day_ - day_ <= static_cast<std::int64_t>(kDays)) {
    later_day_ = INT64_MAX;
    consume(std::exchange(later_, kNone), [this](const Entry& e) { put(e); });
  }
  CHARGEMILL_ASSERT(!today_.empty());
}

}  // namespace chargemill::central
