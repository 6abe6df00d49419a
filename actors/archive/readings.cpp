// What sessions had delivered by when.
#include "actors/archive/history.hpp"
#include "actors/archive/keys.hpp"

namespace chargemill::archive {

using runtime::journal::Reader;

namespace {

UtcMicros utc(SimTime at) noexcept { return std::chrono::floor<UtcMicros>(at.time_since_epoch()); }

}  // namespace

Result<std::vector<MeterRow>> History::readings_of(const std::vector<SessionId>& sessions) {
  has_looked_ = false;
  std::vector<MeterRow> all;
  for (const SessionId session : sessions) {
    auto rows = readings_of_one(session);
    if (!rows) return rows;
    all.insert(all.end(), rows->begin(), rows->end());
  }
  return all;
}

Result<std::vector<MeterRow>> History::readings_of_one(SessionId session) {
  std::vector<MeterRow> rows;
  const auto read = show_session(session, [&](const runtime::journal::Record& record) {
    const auto found = decode(record);
    if (!found) return true;
    const auto add = [&](SimTime at, Energy delivered) {
      rows.push_back({found->sequence, utc(at), session, delivered});
    };
    // A correction, or what is owed, replaces the end that it corrects, which comes after it here.
    if (const auto* end = std::get_if<SessionEnd>(&found->record); end && rows.empty())
      add(end->end, end->delivered);
    if (const auto* owed = std::get_if<OwedEnd>(&found->record); owed && rows.empty())
      add(owed->at, owed->delivered);
    if (const auto* told = std::get_if<Checkpoint>(&found->record)) add(told->at, told->delivered);
    const auto* const start = std::get_if<SessionStart>(&found->record);
    if (start != nullptr) add(start->at, Energy{});
    return start == nullptr;  // nothing of it is older
  });
  if (!read) return tl::unexpected(read.error());
  return rows;
}

Result<std::vector<MeterRow>> History::meter(const Filter& filter) {
  std::vector<MeterRow> rows;
  Filter whose;
  whose.point = filter.point;
  whose.until = filter.until;
  Result<void> outcome;
  const Reader::Visit visit = [&](const runtime::journal::Record& record) {
    const auto found = decode(record);
    const auto* r = found ? std::get_if<SessionStart>(&found->record) : nullptr;
    if (r == nullptr || !is_meant(whose, found->names, r->zone, {}, found->time)) return true;
    const auto readings = readings_of_one(r->session);
    if (!readings) outcome = tl::unexpected(readings.error());
    if (!readings) return false;
    for (const MeterRow& row : *readings) {
      const bool is_in = row.time >= filter.since && row.time <= filter.until;
      if (is_in && rows.size() < filter.limit) rows.push_back(row);
    }
    // One session of a point comes after the other.
    const bool is_past = !readings->empty() && readings->front().time < filter.since;
    return !is_past && rows.size() < filter.limit;
  };
  if (filter.limit == 0) return rows;
  has_looked_ = false;
  const auto read = reader_.newest(key(Index::sessions_of_point, filter.point),
                                   runtime::journal::kSequenceMax, visit);
  if (!read) return tl::unexpected(read.error());
  if (!outcome) return tl::unexpected(outcome.error());
  return rows;
}

}  // namespace chargemill::archive
