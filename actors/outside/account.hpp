// What a charge point outside has told of its energy, and what of it central has booked.
#pragma once

#include <array>
#include <cstddef>

#include "actors/messages.hpp"

namespace chargemill::outside {

/// One session of a charge point outside.
struct Account {
  SessionId session = SessionId::none;
  DriverId driver{};
  Energy told;    ///< by its latest telemetry or its end
  Energy booked;  ///< of `told`: what central has confirmed
  Money cost;     ///< by its latest telemetry: billed as it says (D-218)
  bool is_over = false;
  SessionEnd end{};  ///< meaningful while `is_over`
  bool is_confirmed = false;
};

/// The sessions that a charge point may still speak of: its present one and those before it. What
/// it says of any other is not heard, so that nobody outside can make energy out of nothing.
/// Conservation, whenever no message is under way: told() == what central has booked +
/// unreported().
class Accounts {
 public:
  /// Central remembers the present session and four that are closed (kClosedKept): it must never
  /// hear of one that it has forgotten, or it would book it twice.
  static constexpr std::size_t kKept = 4;

  /// A session begins; the oldest is settled for good.
  Account& open(SessionId session, DriverId driver) noexcept;
  /// Null: nobody may speak of it.
  [[nodiscard]] Account* find(SessionId session) noexcept;
  /// The latest; null: there was none, or it is over.
  [[nodiscard]] Account* current() noexcept;
  [[nodiscard]] const Account* current() const noexcept {
    return const_cast<Accounts*>(this)->current();
  }

  [[nodiscard]] Energy told() const noexcept;
  [[nodiscard]] Energy unreported() const noexcept;
  [[nodiscard]] std::array<Account, kKept>& all() noexcept { return kept_; }

 private:
  std::array<Account, kKept> kept_{};
  std::size_t next_ = 0;
  Energy settled_;     // told by those that are not kept any more
  Energy unreported_;  // of it: never confirmed
};

}  // namespace chargemill::outside
