#include "actors/archive/past.hpp"

namespace chargemill::archive {

bool is_meant(const Filter& filter, const Names& names, ZoneId zone, std::string_view kind,
              UtcMicros time) {
  if (!filter.point.empty() && names.point != filter.point.substr(0, kNameBytesMax)) return false;
  if (!filter.driver.empty() && names.driver != filter.driver.substr(0, kNameBytesMax))
    return false;
  if (filter.zone && *filter.zone != zone) return false;
  if (!filter.kind.empty() && filter.kind != kind) return false;
  return time >= filter.since && time <= filter.until;
}

std::string_view word(EventType type) noexcept {
  switch (type) {
    case EventType::fault:
      return "FAULT";
    case EventType::recovery:
      return "RECOVERY";
    case EventType::other:
      return "OTHER";
  }
  return "";
}

std::string_view word(runtime::BreakerMode mode) noexcept {
  switch (mode) {
    case runtime::BreakerMode::closed:
      return "closed";
    case runtime::BreakerMode::open:
      return "open";
    case runtime::BreakerMode::half_open:
      return "half_open";
  }
  return "";
}

}  // namespace chargemill::archive
