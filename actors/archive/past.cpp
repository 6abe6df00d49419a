#include "actors/archive/past.hpp"

#include "actors/texts.hpp"

namespace chargemill::archive {

void complete(SessionRow& row, const SessionTold& told) {
  if (const auto& reading = told.reading) {
    row.start = reading->start;
    row.end = reading->end;
    row.delivered = reading->delivered;
    row.cost = reading->cost;
    row.has_energy = true;
  }
  if (const auto& end = told.end) {
    row.last = *end;
    row.status = end->status;
    if (!row.end) row.end = std::chrono::floor<UtcMicros>(end->end.time_since_epoch());
  }
}

void complete(TicketRow& row, const SessionTold& told) {
  const auto& delivered = row.ticket.is_correction ? told.correction_delivered : told.delivered;
  if (!row.delivered) row.delivered = delivered;
}

std::string_view kind_of(const SessionRow& row) noexcept { return chargemill::word(row.status); }

std::string_view kind_of(const TicketRow& row) noexcept {
  return row.delivered ? "DELIVERED" : "OPEN";
}

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
