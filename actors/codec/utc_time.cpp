#include "actors/codec/utc_time.hpp"

#include <array>
#include <cmath>

#include "runtime/base/assert.hpp"

namespace chargemill::codec {
namespace {

constexpr std::int64_t kMicrosPerSecond = 1'000'000;
constexpr std::int64_t kSecondsPerDay = 86'400;
constexpr std::int64_t kMicrosPerDay = kSecondsPerDay * kMicrosPerSecond;

struct Date {
  std::int64_t year;
  std::int64_t month;  ///< 1 to 12
  std::int64_t day;    ///< 1 to 31
};

/// Days since 1970-01-01 of a date of the Gregorian calendar with year >= 0, and back. Years begin
/// in March here, so that the odd day of a leap year is the last one. Source: H. Hinnant,
/// "chrono-Compatible Low-Level Date Algorithms".
constexpr std::int64_t days_of(Date date) noexcept {
  const std::int64_t year = date.year - (date.month <= 2 ? 1 : 0) + 400;  // never negative
  const std::int64_t era = year / 400;
  const std::int64_t of_era = year % 400;
  const std::int64_t of_year =
      (153 * (date.month + (date.month > 2 ? -3 : 9)) + 2) / 5 + date.day - 1;
  return (era - 1) * 146'097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719'468;
}
constexpr Date date_of(std::int64_t days) noexcept {
  const std::int64_t shifted = days + 719'468 + 146'097;  // never negative from the year 0 on
  const std::int64_t era = shifted / 146'097;
  const std::int64_t day_of_era = shifted % 146'097;
  const std::int64_t year_of_era =
      (day_of_era - day_of_era / 1'460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const std::int64_t day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t from_march = (5 * day_of_year + 2) / 153;
  const std::int64_t month = from_march + (from_march < 10 ? 3 : -9);
  return {year_of_era + (era - 1) * 400 + (month <= 2 ? 1 : 0), month,
          day_of_year - (153 * from_march + 2) / 5 + 1};
}
static_assert(days_of({1970, 1, 1}) == 0 && days_of({2000, 3, 1}) == 11'017);
static_assert(days_of({1, 1, 1}) * kMicrosPerDay == kUtcMin.us);
static_assert((days_of({9999, 12, 31}) + 1) * kMicrosPerDay == kUtcMax.us + 1);
static_assert(date_of(days_of({2024, 2, 29})).day == 29 && date_of(days_of({1, 1, 1})).year == 1);

constexpr bool is_leap(std::int64_t year) noexcept {
  return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}
constexpr bool is_date(Date d) noexcept {
  constexpr std::array<std::int64_t, 12> kDays{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (d.year < 1 || d.month < 1 || d.month > 12 || d.day < 1) return false;
  const auto days = kDays[static_cast<std::size_t>(d.month - 1)];
  return d.day <= days + (d.month == 2 && is_leap(d.year) ? 1 : 0);
}

constexpr auto kPairs = [] {
  std::array<char, 200> pairs{};
  for (std::size_t i = 0; i < 100; ++i) {
    pairs[2 * i] = static_cast<char>('0' + i / 10);
    pairs[2 * i + 1] = static_cast<char>('0' + i % 10);
  }
  return pairs;
}();
/// `value` is below 100.
char* put_two(char* to, std::int64_t value) noexcept {
  const auto at = 2 * static_cast<std::size_t>(value);
  to[0] = kPairs[at];
  to[1] = kPairs[at + 1];
  return to + 2;
}
char* put_char(char* to, char c) noexcept {
  *to = c;
  return to + 1;
}

/// Takes a text apart from its front; what is not there makes it fail for good.
class IsoReader {
 public:
  explicit IsoReader(std::string_view text) noexcept : rest_(text) {}

  [[nodiscard]] bool is_at_end() const noexcept { return rest_.empty(); }
  [[nodiscard]] bool failed() const noexcept { return failed_; }
  void fail() noexcept { failed_ = true; }
  /// Exactly `count` digits.
  std::int64_t digits(std::size_t count) noexcept {
    std::int64_t value = 0;
    for (; count > 0; --count) {
      if (!is_at_digit()) {
        fail();
        return 0;
      }
      value = 10 * value + (take() - '0');
    }
    return value;
  }
  /// One of `any`, if it comes next.
  bool try_take(std::string_view any) noexcept {
    if (rest_.empty() || any.find(rest_.front()) == std::string_view::npos) return false;
    take();
    return true;
  }
  void expect(std::string_view any) noexcept {
    if (!try_take(any)) fail();
  }
  [[nodiscard]] bool is_at_digit() const noexcept {
    return !rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9';
  }

 private:
  char take() noexcept {
    const char c = rest_.front();
    rest_.remove_prefix(1);
    return c;
  }
  std::string_view rest_;
  bool failed_ = false;
};

/// What follows `.`: at least one digit, those after the sixth are cut off.
std::int64_t read_micros(IsoReader& reader) noexcept {
  if (!reader.is_at_digit()) reader.fail();
  std::int64_t micros = 0;
  for (std::int64_t unit = kMicrosPerSecond / 10; reader.is_at_digit(); unit /= 10)
    micros += unit * reader.digits(1);
  return micros;
}
/// Seconds since midnight, with the fraction in microseconds.
std::int64_t read_clock_us(IsoReader& reader) noexcept {
  const std::int64_t hour = reader.digits(2);
  reader.expect(":");
  const std::int64_t minute = reader.digits(2);
  std::int64_t second = 0;
  std::int64_t micros = 0;
  if (reader.try_take(":")) {
    second = reader.digits(2);
    if (reader.try_take(".,")) micros = read_micros(reader);
  }
  if (hour > 23 || minute > 59 || second > 59) reader.fail();
  return ((hour * 60 + minute) * 60 + second) * kMicrosPerSecond + micros;
}
/// How far the clock that was written is ahead of UTC.
std::int64_t read_offset_us(IsoReader& reader) noexcept {
  if (reader.is_at_end() || reader.try_take("Zz")) return 0;
  const bool is_behind = reader.try_take("-");
  if (!is_behind) reader.expect("+");
  const std::int64_t hours = reader.digits(2);
  std::int64_t minutes = 0;
  if (reader.try_take(":") || !reader.is_at_end()) minutes = reader.digits(2);
  if (hours > 23 || minutes > 59) reader.fail();
  const std::int64_t offset = (hours * 60 + minutes) * 60 * kMicrosPerSecond;
  return is_behind ? -offset : offset;
}

}  // namespace

char* put_utc(char* to, UtcTime time) noexcept {
  CHARGEMILL_ASSERT(is_valid(time));
  const std::int64_t since_min = time.us - kUtcMin.us;
  const std::int64_t days = since_min / kMicrosPerDay + kUtcMin.us / kMicrosPerDay;
  const std::int64_t of_day = since_min % kMicrosPerDay;
  const Date date = date_of(days);
  to = put_two(to, date.year / 100);
  to = put_char(put_two(to, date.year % 100), '-');
  to = put_char(put_two(to, date.month), '-');
  to = put_char(put_two(to, date.day), 'T');
  const std::int64_t seconds = of_day / kMicrosPerSecond;
  to = put_char(put_two(to, seconds / 3'600), ':');
  to = put_char(put_two(to, seconds / 60 % 60), ':');
  to = put_two(to, seconds % 60);
  if (const std::int64_t micros = of_day % kMicrosPerSecond; micros != 0) {
    to = put_two(put_char(to, '.'), micros / 10'000);
    to = put_two(put_two(to, micros / 100 % 100), micros % 100);
  }
  return put_char(to, 'Z');
}

std::optional<UtcTime> parse_utc(std::string_view text) noexcept {
  IsoReader reader{text};
  Date date{};
  date.year = reader.digits(4);
  reader.expect("-");
  date.month = reader.digits(2);
  reader.expect("-");
  date.day = reader.digits(2);
  if (reader.failed() || !is_date(date)) return std::nullopt;
  UtcTime time{days_of(date) * kMicrosPerDay};
  if (!reader.is_at_end()) {
    reader.expect("Tt ");
    time.us += read_clock_us(reader);
    time.us -= read_offset_us(reader);
  }
  if (reader.failed() || !reader.is_at_end() || !is_valid(time)) return std::nullopt;
  return time;
}

std::optional<UtcTime> utc_of_unix(double seconds) noexcept {
  const double us = std::nearbyint(seconds * static_cast<double>(kMicrosPerSecond));
  // Written so that NaN is refused too; the bounds are beyond the years, but within 64 bits.
  if (!(us > -1e17 && us < 1e18)) return std::nullopt;
  const UtcTime time{static_cast<std::int64_t>(us)};
  return is_valid(time) ? std::optional{time} : std::nullopt;
}

}  // namespace chargemill::codec
