// The words that people and protocols read for what the actors say in codes. All UTF-8.
#pragma once

#include <string>
#include <string_view>

#include "actors/messages.hpp"

namespace chargemill {

// clang-format off
[[nodiscard]] std::string_view word(Phase phase) noexcept;            ///< `SUPPLYING`
[[nodiscard]] std::string_view word(DisplayState state) noexcept;     ///< `Out of Order` (D-194)
[[nodiscard]] std::string_view word(Command command) noexcept;        ///< `start_supply` (D-025)
[[nodiscard]] std::string_view word(UpdateStatus status) noexcept;    ///< `in_progress` (D-024)
[[nodiscard]] std::string_view word(SessionStatus status) noexcept;   ///< `COMPLETED` (D-029)
/// The sentence of a reason that needs no other data; those that do are in `status_text` and
/// `update_text`. Empty for Reason::none.
[[nodiscard]] std::string_view word(Reason reason) noexcept;
// clang-format on

/// The reason of a status message (D-089 to D-110). `driver` is read for a starting supply only.
[[nodiscard]] std::string status_text(const Status& status, std::string_view driver = {});
/// The error that a declined command is answered with, without `Refused <cmd>: ` (D-034 to D-036).
[[nodiscard]] std::string refusal_text(Refusal refusal, Phase phase, Command command);

/// The reason of a driver update (D-051 to D-070); empty if it has none.
[[nodiscard]] std::string update_text(const DriverUpdate& update);

/// `value` with `decimals` digits after the point, correctly rounded, whatever the locale.
[[nodiscard]] std::string fixed(double value, int decimals);

// Quantities as people read them: doubles, for texts and messages only; sums stay integer.
[[nodiscard]] double kilowatts(Power power) noexcept;
[[nodiscard]] double kilowatt_hours(Energy energy) noexcept;
[[nodiscard]] double euros(Money money) noexcept;
[[nodiscard]] double euros_per_kwh(Price price) noexcept;
/// The euros of a message: energy times price in double precision (D-111).
[[nodiscard]] double euros(Energy energy, Price price) noexcept;

}  // namespace chargemill
