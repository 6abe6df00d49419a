// What virtual time keeps for later: arrivals by the window in which they fall.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "runtime/engine/arrival.hpp"

namespace chargemill::runtime {

/// Windows are numbered from 0; window k is [k * L, (k + 1) * L). The next 4,096 have a list each;
/// what lies further away waits in coarse lists of 4,096 windows each, and what lies beyond those
/// in one list. A list's memory is re-used.
///
/// Cost: filing and taking O(1) an arrival, plus one move for each level it descends.
/// Threads: one.
class WindowCalendar {
 public:
  using Window = std::int64_t;
  static constexpr Window kNone = INT64_MAX;

  /// Keeps `arrival` for `window`. Requires window >= the last one taken.
  void file(const Arrival& arrival, Window window);
  /// The first window that holds something; kNone: empty.
  [[nodiscard]] Window first() const noexcept;
  /// Moves the content of `window` to the end of `to`, in the order of filing; nothing will be
  /// filed for an earlier window. Requires that no earlier window holds anything.
  void take(Window window, std::vector<Arrival>& to);
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  /// Calls `f` with every arrival, in no order, and forgets them all.
  template <class F>
  void drain(F f);

 private:
  static constexpr unsigned kBits = 12;
  static constexpr std::size_t kLists = std::size_t{1} << kBits;
  static constexpr Window kMask = kLists - 1;

  struct Far {
    Window window;
    Arrival arrival;
  };
  struct FarList {
    std::vector<Far> items;
    Window least = kNone;

    void push(const Far& far) {
      items.push_back(far);
      if (far.window < least) least = far.window;
    }
  };
  /// Which lists of a level are not empty: two levels of bits, so that a search reads few words.
  class Occupied {
   public:
    void set(std::size_t i) noexcept;
    void reset(std::size_t i) noexcept;
    /// The first one at or after `from`; kLists: none.
    [[nodiscard]] std::size_t next(std::size_t from) const noexcept;

   private:
    std::array<std::uint64_t, kLists / 64> words_{};
    std::uint64_t summary_ = 0;  // bit i: words_[i] is not zero
  };
  static_assert(kLists / 64 == 64);

  void file_near(const Arrival& arrival, Window window);
  void advance_to_block(Window block);

  // Near lists hold the windows of block_ (window >> kBits == block_), coarse lists those of the
  // blocks of superblock block_ >> kBits.
  Window block_ = 0;
  std::size_t size_ = 0;
  Occupied near_occupied_;
  Occupied coarse_occupied_;
  std::array<std::vector<Arrival>, kLists> near_;
  std::vector<FarList> coarse_ = std::vector<FarList>(kLists);
  FarList beyond_;
  std::vector<std::vector<Arrival>> spare_;  // memory of lists that were taken
};

template <class F>
void WindowCalendar::drain(F f) {
  const auto empty_far = [&](FarList& list) {
    for (const Far& far : list.items) f(far.arrival);
    list = {};
  };
  for (auto& list : near_) {
    for (const Arrival& arrival : list) f(arrival);
    list.clear();
  }
  for (auto& list : coarse_) empty_far(list);
  empty_far(beyond_);
  near_occupied_ = {};
  coarse_occupied_ = {};
  size_ = 0;
}

}  // namespace chargemill::runtime
