#include "actors/archive/past_set.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <type_traits>

#include "actors/archive/history.hpp"

namespace chargemill::archive {
namespace {

/// Each asks for twice as many rows as the one before.
constexpr unsigned kRoundsMax = 6;

SessionId session_of(const SessionRow& row) noexcept { return row.session; }
SessionId session_of(const TicketRow& row) noexcept { return row.ticket.session; }

/// By time, and of equal times by the greater id (D-164).
template <class TimeOf>
bool is_newer(const SessionRow& a, const SessionRow& b, TimeOf time_of) {
  return time_of(a) != time_of(b) ? time_of(a) > time_of(b) : a.id > b.id;
}
template <class TimeOf>
bool is_newer(const TicketRow& a, const TicketRow& b, TimeOf time_of) {
  return time_of(a) > time_of(b);
}

}  // namespace

PastSet::PastSet(std::vector<std::unique_ptr<Past>> members) : members_(std::move(members)) {
  CHARGEMILL_ASSERT(!members_.empty());
  CHARGEMILL_ASSERT(members_.size() <= Position::kJournalsMax);
}

std::uint64_t PastSet::unique_id(std::size_t member, std::uint64_t id) const noexcept {
  return id == 0 ? 0 : (id - 1) * members_.size() + member + 1;
}

void PastSet::note_how_far(const Past& member) {
  const auto reached = member.looked_back_to();
  if (reached) given_up_at_ = std::max(given_up_at_.value_or(*reached), *reached);
}

/// The newest of all are among the newest of each.
template <class Row, class Ask, class Newer>
Result<std::vector<Row>> PastSet::gather(const Filter& filter, Ask ask, Newer is_newer) {
  std::vector<Row> all;
  given_up_at_.reset();
  for (std::size_t m = 0; m < members_.size(); ++m) {
    auto rows = ask(*members_[m]);
    if (!rows) return tl::unexpected(rows.error());
    note_how_far(*members_[m]);
    for (auto& row : *rows) {
      if constexpr (!std::is_same_v<Row, TicketRow>) row.id = unique_id(m, row.id);
      all.push_back(std::move(row));
    }
  }
  // Of what is older a member has not said all: it comes with the next question.
  if (given_up_at_) {
    const auto is_older = [&](const Row& row) { return row.time < *given_up_at_; };
    all.erase(std::remove_if(all.begin(), all.end(), is_older), all.end());
  }
  std::stable_sort(all.begin(), all.end(), is_newer);
  if (all.size() > filter.limit) all.resize(filter.limit);
  return all;
}

Result<std::vector<FaultRow>> PastSet::faults(const Filter& filter) {
  return gather<FaultRow>(
      filter, [&](Past& past) { return past.faults(filter); },
      [](const auto& a, const auto& b) {
        return a.time != b.time ? a.time > b.time : a.id > b.id;
      });
}

Result<std::vector<HealthRow>> PastSet::health(const Filter& filter) {
  return gather<HealthRow>(
      filter, [&](Past& past) { return past.health(filter); },
      [](const auto& a, const auto& b) {
        return a.time != b.time ? a.time > b.time : a.id > b.id;
      });
}

/// All that the members know of those of which another one may know more.
template <class Row>
Result<void> PastSet::settle(std::vector<Row>& rows) {
  std::vector<SessionId> open;
  for (const Row& row : rows) {
    if (!row.is_settled) open.push_back(session_of(row));
  }
  if (open.empty()) return {};
  const auto told = told_of(open);
  if (!told) return tl::unexpected(told.error());
  auto next = told->begin();
  for (Row& row : rows) {
    if (!row.is_settled) complete(row, *next++);
    row.is_settled = true;
  }
  return {};
}

/// As gather(), of rows whose kind and time one member alone may not know. A member that counted
/// rows which are of another kind after all is asked for more, if older ones of it could be wanted.
template <class Row, class Ask, class TimeOf>
Result<std::vector<Row>> PastSet::gather_settled(const Filter& filter, Ask ask, TimeOf time_of) {
  const auto is_of_kind = [&](const Row& row) {
    return filter.kind.empty() || filter.kind == kind_of(row);
  };
  Filter asked = filter;
  asked.with_unsettled = true;
  for (unsigned round = 0;; ++round) {
    std::vector<Row> all;
    // Behind that time a member may have more.
    std::optional<UtcMicros> horizon;
    given_up_at_.reset();
    for (std::size_t m = 0; m < members_.size(); ++m) {
      auto rows = ask(*members_[m], asked);
      if (!rows) return tl::unexpected(rows.error());
      note_how_far(*members_[m]);
      std::uint64_t counted = 0;
      for (auto& row : *rows) {
        if constexpr (!std::is_same_v<Row, TicketRow>) row.id = unique_id(m, row.id);
        if (is_of_kind(row) && ++counted == asked.limit)
          horizon = std::max(horizon.value_or(time_of(row)), time_of(row));
        all.push_back(std::move(row));
      }
    }
    const auto settled = settle(all);
    if (!settled) return tl::unexpected(settled.error());
    all.erase(std::remove_if(all.begin(), all.end(),
                             [&](const Row& row) {
                               const bool is_older = given_up_at_ && time_of(row) < *given_up_at_;
                               return is_older || !is_of_kind(row);
                             }),
              all.end());
    std::stable_sort(all.begin(), all.end(),
                     [&](const Row& a, const Row& b) { return is_newer(a, b, time_of); });
    const bool is_full = all.size() >= filter.limit;
    const bool is_short =
        filter.limit > 0 && horizon && (!is_full || time_of(all[filter.limit - 1]) < *horizon);
    if (is_full) all.resize(filter.limit);
    if (!is_short || round == kRoundsMax) return all;
    asked.limit *= 2;
  }
}

Result<std::vector<SessionRow>> PastSet::sessions(const Filter& filter) {
  return gather_settled<SessionRow>(
      filter, [](Past& past, const Filter& asked) { return past.sessions(asked); },
      [](const SessionRow& row) { return row.start; });
}

Result<std::vector<TicketRow>> PastSet::tickets(const Filter& filter) {
  return gather_settled<TicketRow>(
      filter, [](Past& past, const Filter& asked) { return past.tickets(asked); },
      [](const TicketRow& row) { return row.issued; });
}

Result<std::vector<SessionTold>> PastSet::told_of(const std::vector<SessionId>& sessions) {
  std::vector<SessionTold> all(sessions.size());
  for (const auto& member : members_) {
    const auto told = member->told_of(sessions);
    if (!told) return tl::unexpected(told.error());
    for (std::size_t i = 0; i < all.size() && i < told->size(); ++i) all[i].add((*told)[i]);
  }
  return all;
}

/// A session goes with its shard: where it began its readings end then, and where it is only those
/// know it who know its number. So the beginning is looked for however old it is.
Result<std::vector<MeterRow>> PastSet::meter(const Filter& filter) {
  std::vector<MeterRow> all;
  const auto take = [&](std::size_t member, const std::vector<MeterRow>& rows) {
    for (const MeterRow& row : rows) {
      if (row.time < filter.since || row.time > filter.until) continue;
      all.push_back(row);
      all.back().id = unique_id(member, row.id);
    }
  };
  Filter asked = filter;
  asked.since = UtcMicros::min();
  for (std::size_t m = 0; m < members_.size(); ++m) {
    const auto rows = members_[m]->meter(asked);
    if (!rows) return rows;
    take(m, *rows);
    std::set<SessionId> begun;
    for (const MeterRow& row : *rows) begun.insert(row.session);
    const std::vector<SessionId> sessions(begun.begin(), begun.end());
    for (std::size_t other = 0; other < members_.size() && !sessions.empty(); ++other) {
      if (other == m) continue;
      const auto more = members_[other]->readings_of(sessions);
      if (!more) return more;
      take(other, *more);
    }
  }
  std::stable_sort(all.begin(), all.end(),
                   [](const auto& a, const auto& b) { return a.time > b.time; });
  if (all.size() > filter.limit) all.resize(filter.limit);
  return all;
}

Result<std::vector<MeterRow>> PastSet::readings_of(const std::vector<SessionId>& sessions) {
  std::vector<MeterRow> all;
  for (std::size_t m = 0; m < members_.size(); ++m) {
    const auto rows = members_[m]->readings_of(sessions);
    if (!rows) return rows;
    for (const MeterRow& row : *rows) {
      all.push_back(row);
      all.back().id = unique_id(m, row.id);
    }
  }
  return all;
}

Result<FaultStatistics> PastSet::statistics(const std::string& point, UtcMicros since) {
  FaultStatistics all;
  double measured_s = 0;
  for (const auto& member : members_) {
    const auto one = member->statistics(point, since);
    if (!one) return tl::unexpected(one.error());
    all.total_events += one->total_events;
    all.fault_count += one->fault_count;
    all.recovery_count += one->recovery_count;
    all.currently_faulty += one->currently_faulty;
    all.recoveries_measured += one->recoveries_measured;
    measured_s += one->mean_recovery_s.value_or(0) * static_cast<double>(one->recoveries_measured);
    if (one->last_fault)
      all.last_fault = std::max(all.last_fault.value_or(*one->last_fault), *one->last_fault);
  }
  if (all.recoveries_measured > 0)
    all.mean_recovery_s = measured_s / static_cast<double>(all.recoveries_measured);
  if (members_.size() > 1 && all.total_events <= History::kMeasuredMax) {
    const auto measured = measure_together(point, since, all);
    if (!measured) return tl::unexpected(measured.error());
  }
  return all;
}

/// A FAULT of a node that was lost has its RECOVERY in another journal. If there are so few events
/// that all can be looked at, they are paired as if they lay in one.
Result<void> PastSet::measure_together(const std::string& point, UtcMicros since,
                                       FaultStatistics& statistics) {
  Filter filter;
  filter.point = point;
  filter.limit = History::kMeasuredMax + 1;
  const auto events = faults(filter);
  if (!events) return tl::unexpected(events.error());
  if (events->size() > History::kMeasuredMax) return {};
  // A memory counts what it has forgotten.
  if (since == UtcMicros::min() && events->size() != statistics.total_events) return {};
  std::map<std::string, UtcMicros> recovered;
  std::set<std::string> heard_of;
  double sum_s = 0;
  statistics.currently_faulty = statistics.recoveries_measured = 0;
  for (const FaultRow& event : *events) {  // newest first
    if (event.type == EventType::other) continue;
    const bool is_fault = event.type == EventType::fault;
    if (heard_of.insert(event.point).second && is_fault) ++statistics.currently_faulty;
    if (event.time < since) continue;
    if (!is_fault) recovered[event.point] = event.time;
    const auto end = is_fault ? recovered.find(event.point) : recovered.end();
    if (end == recovered.end()) continue;
    sum_s += std::chrono::duration<double>(end->second - event.time).count();
    ++statistics.recoveries_measured;
    recovered.erase(end);
  }
  statistics.mean_recovery_s.reset();
  if (statistics.recoveries_measured > 0)
    statistics.mean_recovery_s = sum_s / static_cast<double>(statistics.recoveries_measured);
  return {};
}

Result<Position> PastSet::follow(const Position& after, std::uint64_t looked_max,
                                 const Visit& visit) {
  CHARGEMILL_ASSERT(after.journals() == members_.size());
  Position reached = after;
  // No member makes the others wait.
  const std::uint64_t share = looked_max / members_.size();
  for (std::size_t m = 0; m < members_.size(); ++m) {
    const auto read =
        members_[m]->follow(Position{after[m]}, share, [&](const Found& found, const Position& at) {
          Found shown = found;
          shown.sequence = unique_id(m, found.sequence);
          reached.set(m, at[0]);
          visit(shown, reached);
        });
    if (!read) return tl::unexpected(read.error());
    reached.set(m, (*read)[0]);
  }
  return reached;
}

Result<Position> PastSet::newest() {
  std::vector<Position::Sequence> last;
  for (const auto& member : members_) {
    const auto newest = member->newest();
    if (!newest) return tl::unexpected(newest.error());
    last.push_back((*newest)[0]);
  }
  return Position{std::move(last)};
}

}  // namespace chargemill::archive
