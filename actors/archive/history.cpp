#include "actors/archive/history.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "actors/archive/keys.hpp"
#include "actors/archive/restore.hpp"
#include "actors/texts.hpp"

namespace chargemill::archive {
namespace {

using runtime::journal::PostingKey;
using runtime::journal::Reader;

UtcMicros utc(SimTime at) noexcept { return std::chrono::floor<UtcMicros>(at.time_since_epoch()); }

bool is_meant(const Filter& filter, const Found& found, ZoneId zone, std::string_view kind) {
  return archive::is_meant(filter, found.names, zone, kind, found.time);
}

/// Tells when all that comes is older than `since`: when nothing else has come for long. What is
/// told late (D-117) is old and lies among younger records.
class Bound {
 public:
  explicit Bound(UtcMicros since) : since_(since) {}
  bool is_passed(const runtime::journal::Record& record) {
    if (since_ == UtcMicros::min()) return false;
    if (record.time >= since_) {
      first_old_ = 0;
      return false;
    }
    if (first_old_ == 0) first_old_ = record.sequence;
    return record.sequence + kDisorderMax < first_old_;
  }

 private:
  UtcMicros since_;
  runtime::journal::Sequence first_old_ = 0;
};

PostingKey fault_key(const Filter& filter) {
  if (!filter.point.empty()) {
    if (filter.kind == word(EventType::fault))
      return key(Index::faults_of_point_and_type, filter.point, EventType::fault);
    if (filter.kind == word(EventType::recovery))
      return key(Index::faults_of_point_and_type, filter.point, EventType::recovery);
    return key(Index::faults_of_point, filter.point);
  }
  if (filter.kind == word(EventType::fault))
    return key(Index::faults_of_type, static_cast<std::uint64_t>(EventType::fault));
  if (filter.kind == word(EventType::recovery))
    return key(Index::faults_of_type, static_cast<std::uint64_t>(EventType::recovery));
  return key(Index::faults);
}

/// The narrowest of three indexes.
PostingKey narrowest(const Filter& filter, Index all, Index of_point, Index of_driver) {
  if (!filter.driver.empty()) return key(of_driver, filter.driver);
  if (!filter.point.empty()) return key(of_point, filter.point);
  return key(all);
}

/// `row` is of `found`; newer rows come first, and of equal times the greater id (D-164).
template <class Row>
void sort_newest_first(std::vector<Row>& rows) {
  std::stable_sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) {
    return a.time != b.time ? a.time > b.time : a.id > b.id;
  });
}

}  // namespace

Result<History> History::open(const std::string& directory) {
  auto rows = Reader::open(directory);
  if (!rows) return tl::unexpected(rows.error());
  auto details = Reader::open(directory);
  if (!details) return tl::unexpected(details.error());
  return History{std::move(*rows), std::move(*details)};
}

Result<void> History::walk(std::optional<PostingKey> key, const Filter& filter, const Take& take) {
  if (filter.limit == 0) return {};
  has_looked_ = false;
  std::uint64_t taken = 0;
  Result<void> outcome;
  Bound bound{filter.since};
  const Reader::Visit visit = [&](const runtime::journal::Record& record) {
    if (bound.is_passed(record)) return false;
    const auto found = decode(record);
    if (!found) return true;  // of a later version
    const auto is_taken = take(*found);
    if (!is_taken) outcome = tl::unexpected(is_taken.error());
    if (is_taken && *is_taken) ++taken;
    return is_taken.has_value() && taken < filter.limit;
  };
  constexpr auto kAll = runtime::journal::kSequenceMax;
  const auto read = key ? reader_.newest(*key, kAll, visit) : reader_.newest_of_all(kAll, visit);
  if (!read) return tl::unexpected(read.error());
  return outcome;
}

Result<std::vector<FaultRow>> History::faults(const Filter& filter) {
  std::vector<FaultRow> rows;
  const auto read = walk(fault_key(filter), filter, [&](const Found& found) -> Result<bool> {
    const auto* r = std::get_if<Fault>(&found.record);
    if (r == nullptr || !is_meant(filter, found, r->zone, word(r->type))) return false;
    rows.push_back(
        {found.sequence, found.time, std::string{found.names.point}, r->zone, r->type, r->reason});
    return true;
  });
  if (!read) return tl::unexpected(read.error());
  sort_newest_first(rows);
  return rows;
}

Result<std::vector<HealthRow>> History::health(const Filter& filter) {
  std::vector<HealthRow> rows;
  std::optional<PostingKey> by;
  if (!filter.point.empty()) by = key(Index::health_of_point, filter.point);
  const auto read = walk(by, filter, [&](const Found& found) -> Result<bool> {
    const auto* r = std::get_if<Health>(&found.record);
    if (r == nullptr || !is_meant(filter, found, r->zone, chargemill::word(r->phase))) return false;
    rows.push_back({found.sequence, found.time, std::string{found.names.point}, r->zone, *r});
    return true;
  });
  if (!read) return tl::unexpected(read.error());
  sort_newest_first(rows);
  return rows;
}

/// All that is recorded of it, newest first. The first look of a query finds what has come since;
/// the others are among the same segments.
Result<void> History::show_session(SessionId session, const Reader::Visit& visit) {
  constexpr auto kAll = runtime::journal::kSequenceMax;
  const PostingKey by = key(Index::session, session);
  const auto read =
      has_looked_ ? details_.look_up(by, kAll, visit) : details_.newest(by, kAll, visit);
  if (!read) return tl::unexpected(read.error());
  has_looked_ = true;
  return {};
}

/// What is known of it last: its end, else a checkpoint.
Result<void> History::complete(SessionRow& row) {
  const auto read = show_session(row.session, [&](const runtime::journal::Record& record) {
    const auto found = decode(record);
    if (!found) return true;
    if (const auto* end = std::get_if<SessionEnd>(&found->record)) {
      row.last = *end;
      row.start = utc(end->start);
      row.end = utc(end->end);
      row.delivered = end->delivered;
      row.cost = end->cost;
      row.status = end->status;
      row.has_energy = true;
      return false;
    }
    const auto* told = std::get_if<Checkpoint>(&found->record);
    // Nothing of it is older than its start: the other segments need not be looked into.
    if (told == nullptr) return !std::holds_alternative<SessionStart>(found->record);
    row.start = utc(told->begun);
    row.delivered = told->delivered;
    row.cost = told->cost;
    row.has_energy = true;
    return false;
  });
  if (!read) return tl::unexpected(read.error());
  return {};
}

Result<std::vector<SessionRow>> History::sessions(const Filter& filter) {
  std::vector<SessionRow> rows;
  const PostingKey by =
      narrowest(filter, Index::sessions, Index::sessions_of_point, Index::sessions_of_driver);
  Filter of_start = filter;
  of_start.kind.clear();
  const auto read = walk(by, filter, [&](const Found& found) -> Result<bool> {
    const auto* r = std::get_if<SessionStart>(&found.record);
    if (r == nullptr || !is_meant(of_start, found, r->zone, {})) return false;
    SessionRow row{found.sequence,
                   found.time,
                   r->session,
                   std::string{found.names.point},
                   std::string{found.names.driver},
                   r->zone,
                   found.time,
                   {},
                   {},
                   {},
                   SessionStatus::active,
                   {},
                   false};
    const auto completed = complete(row);
    if (!completed) return tl::unexpected(completed.error());
    if (!filter.kind.empty() && filter.kind != chargemill::word(row.status)) return false;
    rows.push_back(std::move(row));
    return true;
  });
  if (!read) return tl::unexpected(read.error());
  std::stable_sort(rows.begin(), rows.end(),
                   [](const SessionRow& a, const SessionRow& b) { return a.start > b.start; });
  return rows;
}

Result<std::optional<UtcMicros>> History::delivery_of(const SessionEnd& ticket) {
  std::optional<UtcMicros> delivered;
  const auto read = show_session(ticket.session, [&](const runtime::journal::Record& record) {
    const auto found = decode(record);
    const auto* r = found ? std::get_if<TicketDelivered>(&found->record) : nullptr;
    if (r != nullptr && r->is_correction == ticket.is_correction) delivered = found->time;
    // What was issued is delivered later: its own record is the last to look at.
    const auto* end = found ? std::get_if<SessionEnd>(&found->record) : nullptr;
    const bool is_own = end != nullptr && end->is_correction == ticket.is_correction;
    return !delivered && !is_own;
  });
  if (!read) return tl::unexpected(read.error());
  return delivered;
}

Result<std::vector<TicketRow>> History::tickets(const Filter& filter) {
  std::vector<TicketRow> rows;
  const PostingKey by =
      narrowest(filter, Index::tickets, Index::tickets_of_point, Index::tickets_of_driver);
  Filter of_issue = filter;
  of_issue.kind.clear();
  const auto read = walk(by, filter, [&](const Found& found) -> Result<bool> {
    const auto* r = std::get_if<SessionEnd>(&found.record);
    if (r == nullptr || !is_meant(of_issue, found, r->zone, {})) return false;
    const auto delivered = delivery_of(*r);
    if (!delivered) return tl::unexpected(delivered.error());
    if (!filter.kind.empty() && filter.kind != (*delivered ? "DELIVERED" : "OPEN")) return false;
    rows.push_back({*r, std::string{found.names.point}, std::string{found.names.driver},
                    utc(r->start), utc(r->end), found.time, *delivered});
    return true;
  });
  if (!read) return tl::unexpected(read.error());
  std::stable_sort(rows.begin(), rows.end(),
                   [](const TicketRow& a, const TicketRow& b) { return a.issued > b.issued; });
  return rows;
}

Result<std::vector<MeterRow>> History::readings_of(SessionId session) {
  std::vector<MeterRow> rows;
  const auto read = show_session(session, [&](const runtime::journal::Record& record) {
    const auto found = decode(record);
    if (!found) return true;
    const auto add = [&](SimTime at, Energy delivered) {
      rows.push_back({found->sequence, utc(at), session, delivered});
    };
    // A correction replaces the end that it corrects, which comes after it here.
    if (const auto* end = std::get_if<SessionEnd>(&found->record); end && rows.empty())
      add(end->end, end->delivered);
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
    if (r == nullptr || !is_meant(whose, *found, r->zone, {})) return true;
    const auto readings = readings_of(r->session);
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

/// Counts what happened from `since` on, and pairs each RECOVERY with the FAULT before it, newest
/// first. `is_all`: there are so few events that all are looked at; then the newest of each point
/// says whether it is faulty.
Result<void> History::measure_recovery(PostingKey key, const std::string& point, UtcMicros since,
                                       bool is_all, FaultStatistics& statistics) {
  std::map<PointId, SimTime> recovered;
  std::set<PointId> heard_of;
  std::uint64_t faulty = 0;
  double sum_s = 0;
  Bound bound{since};
  std::uint64_t looked = 0, others = 0, faults = 0, recoveries = 0;
  const auto read = reader_.newest(key, kMeasuredMax, [&](const auto& record) {
    ++looked;
    if (!is_all && bound.is_passed(record)) return false;
    const auto found = decode(record);
    const auto* r = found ? std::get_if<Fault>(&found->record) : nullptr;
    if (r == nullptr || (!point.empty() && found->names.point != point)) return true;
    const bool is_newest = r->type != EventType::other && heard_of.insert(r->point).second;
    if (is_newest && r->type == EventType::fault) ++faulty;
    if (found->time < since) return true;
    ++(r->type == EventType::recovery ? recoveries : r->type == EventType::fault ? faults : others);
    if (r->type == EventType::recovery) recovered[r->point] = r->at;
    if (r->type != EventType::fault) return true;
    // Records of several workers are not quite in the order of time.
    statistics.last_fault = std::max(statistics.last_fault.value_or(found->time), found->time);
    const auto end = recovered.find(r->point);
    if (end == recovered.end()) return true;
    sum_s += std::chrono::duration<double>(end->second - r->at).count();
    ++statistics.recoveries_measured;
    recovered.erase(end);
    return true;
  });
  if (!read) return tl::unexpected(read.error());
  if (statistics.recoveries_measured > 0)
    statistics.mean_recovery_s = sum_s / static_cast<double>(statistics.recoveries_measured);
  if (is_all) statistics.currently_faulty = faulty;
  // What is told late (D-117) lies among younger records: the time of each counts (D-175).
  if (since != UtcMicros::min() && (is_all || looked < kMeasuredMax)) {
    statistics.total_events = others + faults + recoveries;
    statistics.fault_count = faults;
    statistics.recovery_count = recoveries;
  }
  return {};
}

Result<FaultStatistics> History::statistics(const std::string& point, UtcMicros since) {
  FaultStatistics statistics;
  runtime::journal::Sequence from = 1;
  if (since != UtcMicros::min()) {
    const auto first = reader_.first_since(since);
    if (!first) return tl::unexpected(first.error());
    from = *first;
  }
  const auto of_type = [&](EventType type) {
    return point.empty() ? key(Index::faults_of_type, static_cast<std::uint64_t>(type))
                         : key(Index::faults_of_point_and_type, point, type);
  };
  const PostingKey all = point.empty() ? key(Index::faults) : key(Index::faults_of_point, point);
  std::uint64_t events_ever = 0, faults_ever = 0, recoveries_ever = 0;
  const struct {
    PostingKey key;
    runtime::journal::Sequence from;
    std::uint64_t* to;
  } counts[] = {{all, from, &statistics.total_events},
                {of_type(EventType::fault), from, &statistics.fault_count},
                {of_type(EventType::recovery), from, &statistics.recovery_count},
                {all, 1, &events_ever},
                {of_type(EventType::fault), 1, &faults_ever},
                {of_type(EventType::recovery), 1, &recoveries_ever}};
  for (const auto& count : counts) {
    const auto counted = reader_.count(count.key, count.from);
    if (!counted) return tl::unexpected(counted.error());
    *count.to = *counted;
  }
  // Each point has a FAULT, a RECOVERY, a FAULT ... (D-069): what is missing is still faulty, but
  // for RECOVERYs whose FAULT went with an old segment.
  statistics.currently_faulty = faults_ever > recoveries_ever ? faults_ever - recoveries_ever : 0;
  const bool is_all = events_ever <= kMeasuredMax;
  const auto measured = measure_recovery(all, point, since, is_all, statistics);
  if (!measured) return tl::unexpected(measured.error());
  return statistics;
}

Result<Position> History::follow(const Position& after, std::uint64_t looked_max,
                                 const Visit& visit) {
  CHARGEMILL_ASSERT(after.journals() == 1);
  Position reached = after;
  std::uint64_t looked = 0;
  if (looked_max == 0) return reached;
  const auto read = reader_.scan(after[0] + 1, [&](const runtime::journal::Record& record) {
    reached.set(0, record.sequence);
    if (const auto found = decode(record)) visit(*found, reached);
    return ++looked < looked_max;
  });
  if (!read) return tl::unexpected(read.error());
  return reached;
}

Result<Position> History::newest() {
  const auto last = reader_.last();
  if (!last) return tl::unexpected(last.error());
  return Position{*last};
}

Result<std::optional<UtcMicros>> History::newest_time() { return archive::newest_time(reader_); }

}  // namespace chargemill::archive
