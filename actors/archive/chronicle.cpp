#include "actors/archive/chronicle.hpp"

#include <algorithm>

#include "actors/archive/newest_first.hpp"
#include "actors/archive/subjects.hpp"
#include "actors/texts.hpp"
#include "runtime/base/assert.hpp"

namespace chargemill::archive {
namespace {

/// Adds at the end; true: there was no room, and the first one is gone.
template <class List, class What>
bool push(List& list, What what, std::size_t limit) {
  list.push_back(std::move(what));
  if (list.size() <= limit) return false;
  list.pop_front();
  return true;
}

/// What was looked at beyond the limit, to be sure, is left out.
template <class Row, class IsNewer>
void keep_newest(std::vector<Row>& rows, std::uint64_t limit, IsNewer is_newer) {
  std::stable_sort(rows.begin(), rows.end(), is_newer);
  if (rows.size() > limit)
    rows.erase(rows.begin() + static_cast<std::ptrdiff_t>(limit), rows.end());
}

/// From the newest on, until `order` knows enough. take() says the time of the row that it has made
/// of one, if it has.
template <class List, class TimeOf, class Take>
void walk(const List& list, NewestFirst order, TimeOf time_of, Take take) {
  for (auto one = list.rbegin(); one != list.rend(); ++one) {
    if (order.is_complete() || order.is_settled(time_of(*one))) return;
    if (const std::optional<UtcMicros> row = take(*one)) order.add(*row);
  }
}

constexpr auto kByTime = [](const auto& a, const auto& b) { return a.time > b.time; };

}  // namespace

Chronicle::Chronicle(Origin origin, Namer names, Limits limits)
    : origin_(origin), names_(std::move(names)), limits_(limits) {}

bool Chronicle::is_kept(const Record& record) noexcept {
  return !std::holds_alternative<PointState>(record) &&
         !std::holds_alternative<ClosedAgain>(record) &&
         !std::holds_alternative<TicketAgain>(record) &&
         !std::holds_alternative<RoundMark>(record) && !std::holds_alternative<RunBegan>(record) &&
         !std::holds_alternative<RunAgain>(record) &&
         !std::holds_alternative<PointJoined>(record) &&
         !std::holds_alternative<DriverJoined>(record) &&
         !std::holds_alternative<RequestNamed>(record) &&
         !std::holds_alternative<OwedEnd>(record) &&  // said at the end, when nobody asks any more
         !std::holds_alternative<Registration>(record) &&
         !std::holds_alternative<BreakerState>(record);
}

void Chronicle::add(const Record& record) {
  CHARGEMILL_ASSERT(is_kept(record));
  ++last_;
  if (!std::holds_alternative<Checkpoint>(record))
    (void)push(events_, Kept<Record>{last_, record}, limits_.events);
  std::visit([this](const auto& r) { on(r); }, record);
}

void Chronicle::on(const Fault& fault) {
  (void)push(faults_, Kept<Fault>{last_, fault}, limits_.faults);
  Counts& counts = counts_[fault.point];
  if (fault.type == EventType::fault) ++counts.faults;
  if (fault.type == EventType::recovery) ++counts.recoveries;
  if (fault.type == EventType::other) ++counts.others;
}

void Chronicle::on(const Health& health) {
  (void)push(health_, Kept<Health>{last_, health}, limits_.health);
}

void Chronicle::on(const SessionStart& start) {
  session_places_[start.session] = sessions_forgotten_ + sessions_.size();
  if (sessions_.size() == limits_.sessions) session_places_.erase(sessions_.front().start.session);
  if (push(sessions_, Session{last_, start, {}, {}}, limits_.sessions)) ++sessions_forgotten_;
}

Chronicle::Session* Chronicle::session(SessionId id) {
  const auto place = session_places_.find(id);
  return place == session_places_.end() ? nullptr : &sessions_[place->second - sessions_forgotten_];
}

void Chronicle::on(const Checkpoint& told) {
  Session* const open = session(told.session);
  if (open == nullptr) return;
  open->told = told;
  open->told_id = last_;
}

void Chronicle::on(const SessionEnd& end) {
  if (end.is_stray) return;
  if (Session* const ended = session(end.session)) {
    ended->end = end;
    ended->end_id = last_;
  }
  if (end.driver == kNobody) return;  // no ticket
  ticket_places_[{end.session, end.is_correction}] = tickets_forgotten_ + tickets_.size();
  if (tickets_.size() == limits_.tickets) {
    const SessionEnd& oldest = tickets_.front().end;
    ticket_places_.erase({oldest.session, oldest.is_correction});
  }
  if (push(tickets_, Issue{end, {}}, limits_.tickets)) ++tickets_forgotten_;
}

void Chronicle::on(const TicketDelivered& delivered) {
  const auto place = ticket_places_.find({delivered.session, delivered.is_correction});
  if (place != ticket_places_.end())
    tickets_[place->second - tickets_forgotten_].delivered = delivered.at;
}

std::string Chronicle::point_name(PointId point) const {
  return point == kUnknownPoint ? std::string{} : names_.point(point).substr(0, kNameBytesMax);
}

std::string Chronicle::driver_name(DriverId driver) const {
  return driver == kNobody ? std::string{} : names_.driver(driver).substr(0, kNameBytesMax);
}

Result<std::vector<FaultRow>> Chronicle::faults(const Filter& filter) {
  std::vector<FaultRow> rows;
  const auto time_of = [this](const Kept<Fault>& kept) { return utc(kept.what.at); };
  walk(faults_, by_finding(filter), time_of, [&](const auto& kept) -> std::optional<UtcMicros> {
    const Fault& r = kept.what;
    const std::string point = point_name(r.point);
    if (!is_meant(filter, {point, {}}, r.zone, word(r.type), utc(r.at))) return std::nullopt;
    rows.push_back({kept.id, utc(r.at), point, r.zone, r.type, r.reason});
    return rows.back().time;
  });
  keep_newest(rows, filter.limit, kByTime);
  return rows;
}

Result<std::vector<HealthRow>> Chronicle::health(const Filter& filter) {
  std::vector<HealthRow> rows;
  const auto time_of = [this](const Kept<Health>& kept) { return utc(kept.what.at); };
  walk(health_, by_record(filter), time_of, [&](const auto& kept) -> std::optional<UtcMicros> {
    const Health& r = kept.what;
    const std::string point = point_name(r.point);
    const bool is_wanted =
        is_meant(filter, {point, {}}, r.zone, chargemill::word(r.phase), utc(r.at));
    if (!is_wanted) return std::nullopt;
    rows.push_back({kept.id, utc(r.at), point, r.zone, r});
    return rows.back().time;
  });
  keep_newest(rows, filter.limit, kByTime);
  return rows;
}

/// What is known of it last: its end, else a checkpoint.
SessionRow Chronicle::row_of(const Session& session) const {
  const SessionStart& start = session.start;
  SessionRow row{session.id,
                 utc(start.at),
                 start.session,
                 point_name(start.point),
                 driver_name(start.driver),
                 start.zone,
                 utc(start.at),
                 {},
                 {},
                 {},
                 SessionStatus::active,
                 {},
                 session.end || session.told};
  if (session.end) {
    row.start = utc(session.end->start);
    row.end = utc(session.end->end);
    row.delivered = session.end->delivered;
    row.cost = session.end->cost;
    row.status = session.end->status;
    row.last = *session.end;
  } else if (session.told) {
    row.start = utc(session.told->begun);
    row.delivered = session.told->delivered;
    row.cost = session.told->cost;
  }
  return row;
}

Result<std::vector<SessionRow>> Chronicle::sessions(const Filter& filter) {
  std::vector<SessionRow> rows;
  const auto time_of = [this](const Session& one) { return utc(one.start.at); };
  walk(sessions_, by_start(filter), time_of, [&](const auto& one) -> std::optional<UtcMicros> {
    SessionRow row = row_of(one);
    const bool is_wanted = is_meant(filter, {row.point, row.driver}, row.zone,
                                    chargemill::word(row.status), utc(one.start.at));
    if (!is_wanted) return std::nullopt;
    rows.push_back(std::move(row));
    return rows.back().start;
  });
  keep_newest(rows, filter.limit, [](const auto& a, const auto& b) { return a.start > b.start; });
  return rows;
}

Result<std::vector<TicketRow>> Chronicle::tickets(const Filter& filter) {
  std::vector<TicketRow> rows;
  const auto time_of = [this](const Issue& one) { return utc(one.end.at); };
  walk(tickets_, by_record(filter), time_of, [&](const auto& one) -> std::optional<UtcMicros> {
    const SessionEnd& end = one.end;
    const std::string point = point_name(end.point);
    const std::string driver = driver_name(end.driver);
    const char* const kind = one.delivered ? "DELIVERED" : "OPEN";
    if (!is_meant(filter, {point, driver}, end.zone, kind, utc(end.at))) return std::nullopt;
    rows.push_back({end, point, driver, utc(end.start), utc(end.end), utc(end.at),
                    one.delivered ? std::optional{utc(*one.delivered)} : std::nullopt});
    return rows.back().issued;
  });
  keep_newest(rows, filter.limit, [](const auto& a, const auto& b) { return a.issued > b.issued; });
  return rows;
}

/// Newest first.
std::vector<MeterRow> Chronicle::readings_in(const Session& one) const {
  std::vector<MeterRow> rows;
  const SessionId id = one.start.session;
  if (one.end) rows.push_back({one.end_id, utc(one.end->end), id, one.end->delivered});
  if (one.told) rows.push_back({one.told_id, utc(one.told->at), id, one.told->delivered});
  rows.push_back({one.id, utc(one.start.at), id, Energy{}});
  return rows;
}

Result<std::vector<MeterRow>> Chronicle::meter(const Filter& filter) {
  std::vector<MeterRow> rows;
  for (auto one = sessions_.rbegin(); one != sessions_.rend() && rows.size() < filter.limit;
       ++one) {
    if (point_name(one->start.point) != filter.point) continue;
    for (const MeterRow& row : readings_in(*one)) {
      const bool is_in = row.time >= filter.since && row.time <= filter.until;
      if (is_in && rows.size() < filter.limit) rows.push_back(row);
    }
  }
  return rows;
}

/// Of one that began elsewhere its end is known, by its ticket.
Result<std::vector<MeterRow>> Chronicle::readings_of(const std::vector<SessionId>& sessions) {
  std::vector<MeterRow> all;
  for (const SessionId id : sessions) {
    if (const Session* const one = session(id)) {
      const auto rows = readings_in(*one);
      all.insert(all.end(), rows.begin(), rows.end());
    } else if (const auto told = told_of(id); told.end) {
      all.push_back({0, utc(told.end->end), id, told.end->delivered});
    }
  }
  return all;
}

const Chronicle::Issue* Chronicle::ticket(SessionId id, bool is_correction) const {
  const auto place = ticket_places_.find({id, is_correction});
  return place == ticket_places_.end() ? nullptr : &tickets_[place->second - tickets_forgotten_];
}

/// The end of one that began elsewhere is known by its ticket.
SessionTold Chronicle::told_of(SessionId id) {
  SessionTold told;
  const auto take_end = [&](const SessionEnd& end) {
    told.end = end;
    told.ended = utc(end.at);
    told.reading = {utc(end.at), utc(end.start), utc(end.end), end.delivered, end.cost};
  };
  if (const Session* const one = session(id)) {
    if (one->told)
      told.reading = {utc(one->told->at), utc(one->told->begun), std::nullopt, one->told->delivered,
                      one->told->cost};
    if (one->end) take_end(*one->end);
  }
  for (const bool is_correction : {false, true}) {
    const Issue* const issue = ticket(id, is_correction);
    if (issue == nullptr) continue;
    take_end(issue->end);
    if (issue->delivered)
      (is_correction ? told.correction_delivered : told.delivered) = utc(*issue->delivered);
  }
  return told;
}

Result<std::vector<SessionTold>> Chronicle::told_of(const std::vector<SessionId>& sessions) {
  std::vector<SessionTold> all;
  for (const SessionId id : sessions) all.push_back(told_of(id));
  return all;
}

Chronicle::Counts Chronicle::counts_ever(const std::string& point) const {
  Counts sum;
  for (const auto& [id, counts] : counts_) {
    if (!is_point(point, id)) continue;
    sum.faults += counts.faults;
    sum.recoveries += counts.recoveries;
    sum.others += counts.others;
  }
  return sum;
}

/// Pairs each RECOVERY with the FAULT before it, newest first.
void Chronicle::measure_recovery(const std::string& point, UtcMicros since,
                                 FaultStatistics& result) const {
  std::map<PointId, SimTime> recovered;
  double sum_s = 0;
  for (auto kept = faults_.rbegin(); kept != faults_.rend(); ++kept) {
    const Fault& r = kept->what;
    if (!is_point(point, r.point) || utc(r.at) < since) continue;
    if (r.type == EventType::recovery) recovered[r.point] = r.at;
    if (r.type != EventType::fault) continue;
    result.last_fault = std::max(result.last_fault.value_or(utc(r.at)), utc(r.at));
    const auto end = recovered.find(r.point);
    if (end == recovered.end()) continue;
    sum_s += std::chrono::duration<double>(end->second - r.at).count();
    ++result.recoveries_measured;
    recovered.erase(end);
  }
  if (result.recoveries_measured > 0)
    result.mean_recovery_s = sum_s / static_cast<double>(result.recoveries_measured);
}

Result<FaultStatistics> Chronicle::statistics(const std::string& point, UtcMicros since) {
  FaultStatistics result;
  const Counts ever = counts_ever(point);
  Counts counted = ever;
  if (since != UtcMicros::min()) {
    counted = {};
    for (const auto& kept : faults_) {
      const Fault& r = kept.what;
      if (utc(r.at) < since || !is_point(point, r.point)) continue;
      ++(r.type == EventType::fault
             ? counted.faults
             : (r.type == EventType::recovery ? counted.recoveries : counted.others));
    }
  }
  result.fault_count = counted.faults;
  result.recovery_count = counted.recoveries;
  result.total_events = counted.faults + counted.recoveries + counted.others;
  // Each point has a FAULT, a RECOVERY, a FAULT ... (D-069): what is missing is still faulty.
  result.currently_faulty = ever.faults > ever.recoveries ? ever.faults - ever.recoveries : 0;
  measure_recovery(point, since, result);
  return result;
}

Result<Position> Chronicle::follow(const Position& after, std::uint64_t looked_max,
                                   const Visit& visit) {
  CHARGEMILL_ASSERT(after.journals() == 1);
  Position reached = after;
  auto next = std::upper_bound(events_.begin(), events_.end(), after[0],
                               [](Sequence id, const auto& kept) { return id < kept.id; });
  for (std::uint64_t looked = 0; next != events_.end() && looked < looked_max; ++looked, ++next) {
    const Subjects subjects = subjects_of(next->what);
    const std::string point = point_name(subjects.point);
    const std::string driver = driver_name(subjects.driver);
    const SimTime at = std::visit(
        [](const auto& r) {
          if constexpr (std::is_same_v<std::decay_t<decltype(r)>, TicketAgain>) {
            return r.end.at;
          } else {
            return r.at;
          }
        },
        next->what);
    reached.set(0, next->id);
    visit({next->what, {point, driver}, utc(at), next->id}, reached);
  }
  return reached;
}

}  // namespace chargemill::archive
