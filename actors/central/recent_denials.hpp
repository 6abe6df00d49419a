// Which requests were denied of late: asked again, whoever did says the same (D-054, D-129), and
// drivers and operators can read them (D-199).
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
    SimTime at{};
    DriverId driver{};
    PointId point = kUnknownPoint;  ///< unknown: any of a zone was wanted, or one that nobody has
    ZoneId zone{};                  ///< meaningful if any of it was wanted
    bool any_in_zone = false;
    Reason reason = Reason::none;
    Phase phase = Phase::disconnected;
  };
  static_assert(sizeof(Denial) == 32, "two a cache line");

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
  /// Calls `use` with each that is remembered, in no order.
  template <class Use>
  void for_each(Use use) const {
    for (const Denial& denial : kept_) {
      if (denial.request != RequestId::none) use(denial);
    }
  }

 private:
  static constexpr unsigned kBits = 10;

  /// Numbers of one driver follow each other: spread them (Fibonacci hashing).
  static std::size_t place_of(RequestId request) noexcept {
    return static_cast<std::size_t>(index_of(request) * 0x9E3779B97F4A7C15U >> (64 - kBits));
  }

  std::vector<Denial> kept_;  // by place_of(); empty until the first
};

}  // namespace chargemill::central
