// The words that people and protocols read for what the actors say in codes. All UTF-8.
#pragma once

#include <string>
#include <string_view>

#include "actors/messages.hpp"

namespace chargemill {

/// What a charge point shows (D-194), in the one word for each who reads it.
struct StateWords {
  std::string_view code;    ///< programs and operators: API, framed door, ctl
  std::string_view text;    ///< people: the page
  std::string_view figure;  ///< counts: summary, time series, live view, metrics
};
[[nodiscard]] const StateWords& words_of(DisplayState state) noexcept;

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

/// A reason that somebody outside gave in words of their own: the first kForeignBytesMax bytes,
/// whole characters, control characters as `?`. The same words have the same code as long as the
/// process runs; other processes have other codes, so what leaves it goes as words, or as none.
/// After kForeignReasons different ones everything new is Reason::none. Threads: any.
[[nodiscard]] Reason reason_in_words(std::string_view text);
inline constexpr std::size_t kForeignReasons = 127;
inline constexpr std::size_t kForeignBytesMax = 96;
inline constexpr Reason kForeignFirst{128};
/// In place of a code, where words stand beside it.
inline constexpr Reason kForeignWords{255};
[[nodiscard]] constexpr bool is_foreign(Reason reason) noexcept { return reason >= kForeignFirst; }

/// The reason of a status message (D-089 to D-110). `driver` is read for a starting supply only.
[[nodiscard]] std::string status_text(const Status& status, std::string_view driver = {});
/// The error that a declined command is answered with, without `Refused <cmd>: ` (D-034 to D-036).
[[nodiscard]] std::string refusal_text(Refusal refusal, Phase phase, Command command);

/// The reason of a driver update (D-051 to D-070); empty if it has none.
[[nodiscard]] std::string update_text(const DriverUpdate& update);

/// The first `bytes_max` bytes of UTF-8 at most, in whole characters.
[[nodiscard]] std::string_view beginning_of(std::string_view text, std::size_t bytes_max) noexcept;

/// `value` with `decimals` digits after the point, correctly rounded, whatever the locale.
[[nodiscard]] std::string fixed(double value, int decimals);

// Quantities as people read them: doubles, for texts and messages only; sums stay integer.
[[nodiscard]] double kilowatts(Power power) noexcept;
[[nodiscard]] double kilowatt_hours(Energy energy) noexcept;
[[nodiscard]] double euros(Money money) noexcept;
[[nodiscard]] double euros_per_kwh(Price price) noexcept;
/// The euros of a message: energy times price in double precision (D-111).
[[nodiscard]] double euros(Energy energy, Price price) noexcept;
/// The euros of a message about what an engine has told (D-218): as above if it told energy times
/// `price`, else what it told.
[[nodiscard]] double euros(Money told, Energy energy, Price price) noexcept;

}  // namespace chargemill
