#include "runtime/engine/window_calendar.hpp"

#include <algorithm>

#include "runtime/base/assert.hpp"

namespace chargemill::runtime {

void WindowCalendar::Occupied::set(std::size_t i) noexcept {
  words_[i / 64] |= std::uint64_t{1} << (i % 64);
  summary_ |= std::uint64_t{1} << (i / 64);
}

void WindowCalendar::Occupied::reset(std::size_t i) noexcept {
  words_[i / 64] &= ~(std::uint64_t{1} << (i % 64));
  if (words_[i / 64] == 0) summary_ &= ~(std::uint64_t{1} << (i / 64));
}

std::size_t WindowCalendar::Occupied::next(std::size_t from) const noexcept {
  if (from >= kLists) return kLists;
  const std::uint64_t here = words_[from / 64] & (~std::uint64_t{0} << (from % 64));
  if (here != 0) return from / 64 * 64 + static_cast<std::size_t>(__builtin_ctzll(here));
  const std::size_t word = from / 64 + 1;
  if (word == words_.size()) return kLists;
  const std::uint64_t later = summary_ & (~std::uint64_t{0} << word);
  if (later == 0) return kLists;
  const auto first = static_cast<std::size_t>(__builtin_ctzll(later));
  return first * 64 + static_cast<std::size_t>(__builtin_ctzll(words_[first]));
}

void WindowCalendar::file(const Arrival& arrival, Window window) {
  ++size_;
  const Window block = window >> kBits;
  if (block == block_) return file_near(arrival, window);
  CHARGEMILL_ASSERT(block > block_);
  if (block >> kBits != block_ >> kBits) {
    beyond_.push(Far{window, arrival});
    return;
  }
  const auto list = static_cast<std::size_t>(block & kMask);
  coarse_[list].push(Far{window, arrival});
  coarse_occupied_.set(list);
}

void WindowCalendar::file_near(const Arrival& arrival, Window window) {
  const auto index = static_cast<std::size_t>(window & kMask);
  auto& list = near_[index];
  if (list.empty()) {
    near_occupied_.set(index);
    if (list.capacity() == 0 && !spare_.empty()) {
      list = std::move(spare_.back());
      spare_.pop_back();
    }
  }
  list.push_back(arrival);
}

WindowCalendar::Window WindowCalendar::first() const noexcept {
  // Windows that were taken are empty, so the search may begin at the block's start.
  const std::size_t near = near_occupied_.next(0);
  if (near != kLists) return (block_ << kBits) + static_cast<Window>(near);
  const std::size_t coarse = coarse_occupied_.next(0);
  return coarse != kLists ? coarse_[coarse].least : beyond_.least;
}

// Order of filing within a window is kept: what was filed from further away was filed earlier, and
// a list descends before anything can be filed nearer.
void WindowCalendar::advance_to_block(Window block) {
  const bool same_superblock = block >> kBits == block_ >> kBits;
  block_ = block;
  if (!same_superblock) {
    FarList stays;
    for (const Far& far : beyond_.items) {
      if (far.window >> kBits >> kBits != block >> kBits) {
        stays.push(far);
        continue;
      }
      const auto list = static_cast<std::size_t>((far.window >> kBits) & kMask);
      coarse_[list].push(far);
      coarse_occupied_.set(list);
    }
    beyond_ = std::move(stays);
  }
  const auto index = static_cast<std::size_t>(block & kMask);
  for (const Far& far : coarse_[index].items) file_near(far.arrival, far.window);
  coarse_[index] = {};
  coarse_occupied_.reset(index);
}

void WindowCalendar::take(Window window, std::vector<Arrival>& to) {
  if (window >> kBits != block_) advance_to_block(window >> kBits);
  const auto index = static_cast<std::size_t>(window & kMask);
  auto& list = near_[index];
  if (list.empty()) return;
  near_occupied_.reset(index);
  size_ -= list.size();
  if (to.empty()) {
    to.swap(list);
  } else {
    to.insert(to.end(), list.begin(), list.end());
    list.clear();
  }
  if (list.capacity() > 0) spare_.push_back(std::move(list));
  list = {};
}

}  // namespace chargemill::runtime
