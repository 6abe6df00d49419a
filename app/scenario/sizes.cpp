// Sizes as people write them: 256MiB.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "app/scenario/value.hpp"

namespace chargemill::app {
namespace {

struct ByteUnit {
  const char* name;
  std::int64_t bytes;
};
constexpr std::array<ByteUnit, 4> kByteUnits{{{"TiB", std::int64_t{1} << 40U},
                                              {"GiB", std::int64_t{1} << 30U},
                                              {"MiB", std::int64_t{1} << 20U},
                                              {"KiB", std::int64_t{1} << 10U}}};

}  // namespace

std::optional<std::int64_t> parse_size(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || number < 0) return std::nullopt;
  const std::string_view name = text.substr(static_cast<std::size_t>(end - text.data()));
  if (name.empty()) return number;
  const auto unit = std::find_if(kByteUnits.begin(), kByteUnits.end(),
                                 [&](const ByteUnit& u) { return name == u.name; });
  if (unit == kByteUnits.end() || number > INT64_MAX / unit->bytes) return std::nullopt;
  return number * unit->bytes;
}

std::string size_text(std::int64_t bytes) {
  for (const auto& unit : kByteUnits) {
    if (bytes != 0 && bytes % unit.bytes == 0)
      return fmt::format("{}{}", bytes / unit.bytes, unit.name);
  }
  return std::to_string(bytes);
}

}  // namespace chargemill::app
