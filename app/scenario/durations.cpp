// Durations as people write them: 250ms, 10s, 5m, 24h.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>

#include "app/scenario/value.hpp"

namespace chargemill::app {
namespace {

constexpr long double kNanosMax = 9.2e18L;

struct Unit {
  const char* name;
  std::int64_t nanos;
};
constexpr std::array<Unit, 7> kUnits{{{"h", 3'600'000'000'000},
                                      {"m", 60'000'000'000},
                                      {"s", 1'000'000'000},
                                      {"ms", 1'000'000},
                                      {"us", 1'000},
                                      {"ns", 1},
                                      {"d", 86'400'000'000'000}}};

/// A duration of any length; nothing: it is none.
std::optional<long double> nanos_of(std::string_view text) {
  const auto digits = text.find_first_not_of("0123456789.");
  if (digits == 0 || digits == std::string_view::npos) return std::nullopt;
  const std::string number{text.substr(0, digits)};
  if (std::count(number.begin(), number.end(), '.') > 1) return std::nullopt;
  const auto name = text.substr(digits);
  const auto unit =
      std::find_if(kUnits.begin(), kUnits.end(), [&](const Unit& u) { return name == u.name; });
  if (unit == kUnits.end() || number == ".") return std::nullopt;
  return std::strtold(number.c_str(), nullptr) * static_cast<long double>(unit->nanos);
}

}  // namespace

std::optional<Nanos> parse_duration(std::string_view text) {
  const auto nanos = nanos_of(text);
  if (!nanos || *nanos > kNanosMax) return std::nullopt;
  return Nanos{std::llround(*nanos)};
}

std::string duration_text(Nanos duration) {
  const std::int64_t count = duration.count();
  if (count == 0) return "0s";
  for (const auto& unit : kUnits) {
    if (count % unit.nanos == 0) return fmt::format("{}{}", count / unit.nanos, unit.name);
  }
  return fmt::format("{}ns", count);
}

bool is_too_long(std::string_view text) { return nanos_of(text).value_or(0.0L) > kNanosMax; }

}  // namespace chargemill::app
