#include "app/sessions/civil_time.hpp"

#include <fmt/format.h>

#include <charconv>

namespace chargemill::app {
namespace {

constexpr std::int64_t kSecondsPerDay = 86'400;

// Source of both: H. Hinnant, "chrono-compatible low-level date algorithms" (2013). Years count
// from March, so that the leap day is the last one; eras have 400 years.
std::int64_t days_from_civil(std::int64_t year, std::int64_t month, std::int64_t day) {
  year -= month <= 2 ? 1 : 0;
  const std::int64_t era = (year >= 0 ? year : year - 399) / 400;
  const std::int64_t year_of_era = year - era * 400;
  const std::int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  const std::int64_t day_of_era =
      year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146'097 + day_of_era - 719'468;
}

struct Civil {
  std::int64_t year, month, day;
};

Civil civil_from_days(std::int64_t days) {
  days += 719'468;
  const std::int64_t era = (days >= 0 ? days : days - 146'096) / 146'097;
  const std::int64_t day_of_era = days - era * 146'097;
  const std::int64_t year_of_era =
      (day_of_era - day_of_era / 1'460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const std::int64_t day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t shifted = (5 * day_of_year + 2) / 153;
  const std::int64_t month = shifted + (shifted < 10 ? 3 : -9);
  return {year_of_era + era * 400 + (month <= 2 ? 1 : 0), month,
          day_of_year - (153 * shifted + 2) / 5 + 1};
}

/// Takes digits and then `mark` (0: none) off the front of `text`.
bool take(std::string_view& text, char mark, std::int64_t& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || value < 0) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  if (mark == 0) return true;
  if (text.empty() || text.front() != mark) return false;
  text.remove_prefix(1);
  return true;
}

}  // namespace

std::optional<std::int64_t> parse_stamp(std::string_view text) {
  if (!text.empty() && text.back() == 'Z') text.remove_suffix(1);
  std::int64_t year = 0;
  std::int64_t month = 0;
  std::int64_t day = 0;
  std::int64_t hour = 0;
  std::int64_t minute = 0;
  std::int64_t second = 0;
  if (!take(text, '-', year) || !take(text, '-', month) || !take(text, 0, day)) return std::nullopt;
  if (text.empty() || (text.front() != ' ' && text.front() != 'T')) return std::nullopt;
  text.remove_prefix(1);
  if (!take(text, ':', hour) || !take(text, 0, minute)) return std::nullopt;
  if (!text.empty()) {
    if (text.front() != ':') return std::nullopt;
    text.remove_prefix(1);
    if (!take(text, 0, second) || !text.empty()) return std::nullopt;
  }
  if (year < 100) year += 2000;
  if (year > 9999 || month > 12 || day > 31) return std::nullopt;
  if (hour > 23 || minute > 59 || second > 59) return std::nullopt;
  const std::int64_t days = days_from_civil(year, month, day);
  const Civil back = civil_from_days(days);  // refuses a 31st of April, a month 0
  if (back.month != month || back.day != day) return std::nullopt;
  return days * kSecondsPerDay + hour * 3'600 + minute * 60 + second;
}

std::string format_stamp(std::int64_t unix_s) {
  const std::int64_t days = unix_s / kSecondsPerDay - (unix_s % kSecondsPerDay < 0 ? 1 : 0);
  const std::int64_t rest = unix_s - days * kSecondsPerDay;
  const Civil date = civil_from_days(days);
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02}", date.year, date.month, date.day,
                     rest / 3'600, rest / 60 % 60, rest % 60);
}

}  // namespace chargemill::app
