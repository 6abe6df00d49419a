#include "app/history/history_times.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <regex>

#include "app/scenario/value.hpp"
#include "app/sessions/civil_time.hpp"

namespace chargemill::app {
namespace {

using archive::UtcMicros;
using std::chrono::seconds;

std::optional<UtcMicros> date_time(const std::string& text) {
  // date, time to the minute or second, fraction, offset
  static const std::regex form{R"((\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2})?)(\.\d{1,9})?)"
                               R"((Z|[+-](?:[01]\d|2[0-3]):?[0-5]\d)?)?)"};
  std::smatch parts;
  if (!std::regex_match(text, parts, form)) return std::nullopt;
  const std::string clock = parts[2].matched ? parts.str(2) : "00:00";
  const auto whole = parse_stamp(parts.str(1) + "T" + clock);
  if (!whole) return std::nullopt;
  UtcMicros time = seconds{*whole};
  if (parts[3].matched)
    time += UtcMicros{std::llround(std::strtod(parts.str(3).c_str(), nullptr) * 1e6)};
  if (!parts[4].matched || parts.str(4) == "Z") return time;
  const std::string offset = parts.str(4);
  const int hours = std::stoi(offset.substr(1, 2));
  const int minutes = std::stoi(offset.substr(offset.size() - 2));
  const auto east = seconds{(hours * 60 + minutes) * 60};
  return offset[0] == '+' ? time - east : time + east;
}

}  // namespace

std::string time_text(UtcMicros time) {
  const auto whole = std::chrono::floor<seconds>(time);
  std::string stamp = format_stamp(whole.count());
  stamp[10] = 'T';
  return fmt::format("{}.{:06}+00:00", stamp, (time - whole).count());
}

std::optional<UtcMicros> parse_time(std::string_view text, UtcMicros newest) {
  if (const auto before = parse_duration(text))
    return newest - std::chrono::duration_cast<UtcMicros>(*before);
  if (const auto time = date_time(std::string{text})) return time;
  // Not strtod: that passes over blanks, knows hexadecimal digits, and minds the locale.
  double unix_s = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), unix_s);
  const bool is_number = read.ec == std::errc{} && read.ptr == text.data() + text.size();
  if (!is_number || !(std::abs(unix_s) <= 9e12)) return std::nullopt;  // nor what is no number
  return UtcMicros{std::llround(unix_s * 1e6)};
}

}  // namespace chargemill::app
