// What a shard has denied of late: asked again, it says the same (D-054, D-129).
#pragma once

#include <cstddef>
#include <vector>

#include "actors/messages.hpp"

namespace chargemill::central {

/// Remembers about the last thousand. It is of the central's memory: a restart forgets it.
/// Cost: one line read or written; no allocation after the first denial.
class RecentDenials {
 public:
  struct Denial {
    RequestId request = RequestId::none;
    Reason reason = Reason::none;
    Phase phase = Phase::disconnected;
  };

  /// Takes the place of an older one, now and then of one that is not the oldest. `denial` is of a
  /// request that has a number.
  void remember(const Denial& denial) {
    if (kept_.empty()) kept_.resize(std::size_t{1} << kBits);
    kept_[place_of(denial.request)] = denial;
  }
  /// Null: not denied here, or too long ago.
  [[nodiscard]] const Denial* find(RequestId request) const noexcept {
    if (kept_.empty() || request == RequestId::none) return nullptr;
    const Denial& found = kept_[place_of(request)];
    return found.request == request ? &found : nullptr;
  }
  void forget() noexcept { kept_.clear(); }

 private:
  static constexpr unsigned kBits = 10;

  /// Numbers of one driver follow each other: spread them (Fibonacci hashing).
  static std::size_t place_of(RequestId request) noexcept {
    return static_cast<std::size_t>(index_of(request) * 0x9E3779B97F4A7C15U >> (64 - kBits));
  }

  std::vector<Denial> kept_;  // by place_of(); empty until the first
};

}  // namespace chargemill::central
