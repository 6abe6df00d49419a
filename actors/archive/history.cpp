#include "actors/archive/history.hpp"

#include <algorithm>

#include "actors/archive/keys.hpp"
#include "actors/archive/newest_first.hpp"
#include "actors/archive/restore.hpp"
#include "actors/archive/since.hpp"
#include "actors/texts.hpp"

namespace chargemill::archive {
namespace {

using runtime::journal::PostingKey;
using runtime::journal::Reader;

UtcMicros utc(SimTime at) noexcept { return std::chrono::floor<UtcMicros>(at.time_since_epoch()); }

bool is_meant(const Filter& filter, const Found& found, ZoneId zone, std::string_view kind) {
  return archive::is_meant(filter, found.names, zone, kind, found.time);
}

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

/// By time, and of equal times by the greater id (D-164).
constexpr auto kByTime = [](const auto& a, const auto& b) {
  return a.time != b.time ? a.time > b.time : a.id > b.id;
};

/// What was looked at beyond the limit, to be sure, is left out. `counts`: whether a row does.
template <class Row, class IsNewer, class Counts>
void keep_newest(std::vector<Row>& rows, std::uint64_t limit, IsNewer is_newer, Counts counts) {
  std::stable_sort(rows.begin(), rows.end(), is_newer);
  auto end = rows.begin();
  for (std::uint64_t kept = 0; end != rows.end() && kept < limit; ++end) {
    if (counts(*end)) ++kept;
  }
  rows.erase(end, rows.end());
}
template <class Row, class IsNewer>
void keep_newest(std::vector<Row>& rows, std::uint64_t limit, IsNewer is_newer) {
  keep_newest(rows, limit, is_newer, [](const Row&) { return true; });
}

/// Of a query for sessions or tickets: which rows it has.
class WantedRows {
 public:
  explicit WantedRows(const Filter& filter) : filter_(filter) {}
  /// Whether a row counts for the limit.
  template <class Row>
  [[nodiscard]] bool counts(const Row& row) const {
    return filter_.kind.empty() || filter_.kind == kind_of(row);
  }
  /// Of one that does not: whether it comes in addition. To be asked once for each.
  template <class Row>
  [[nodiscard]] bool adds(const Row& row) {
    return filter_.with_unsettled && !row.is_settled && ++added_ <= History::kUnsettledMax;
  }

 private:
  const Filter& filter_;
  std::uint64_t added_ = 0;
};

}  // namespace

Result<History> History::open(const std::string& directory) {
  auto rows = Reader::open(directory);
  if (!rows) return tl::unexpected(rows.error());
  auto details = Reader::open(directory);
  if (!details) return tl::unexpected(details.error());
  return History{std::move(*rows), std::move(*details)};
}

Result<void> History::walk(std::optional<PostingKey> key, const Filter& filter, NewestFirst order,
                           const Take& take) {
  given_up_at_.reset();
  if (filter.limit == 0) return {};
  has_looked_ = false;
  Result<void> outcome;
  Bound bound{filter.since};
  Patience patience{patience_, filter.until, key.has_value()};
  const Reader::Visit visit = [&](const runtime::journal::Record& record) {
    if (bound.is_passed(record) || order.is_settled(record.time)) return false;
    given_up_at_ = patience.lost_at();
    if (given_up_at_) return false;
    const std::uint64_t look_ups = look_ups_;
    const auto found = decode(record);
    if (!found) return true;  // of a later version
    const auto taken = take(*found);
    if (!taken) outcome = tl::unexpected(taken.error());
    if (!taken) return false;
    if (*taken) {
      order.add(**taken);
      patience.gain();
    } else {
      patience.lose(record.time, look_ups_ - look_ups);
    }
    return !order.is_complete();
  };
  constexpr auto kAll = runtime::journal::kSequenceMax;
  // What is told late (D-117) lies where it was told, however old it is.
  const auto upto = order.may_be_late() ? kAll : begin_of(filter.until);
  const auto read =
      key ? reader_.newest(*key, kAll, visit, upto) : reader_.newest_of_all(kAll, visit, upto);
  if (!read) return tl::unexpected(read.error());
  return outcome;
}

runtime::journal::Sequence History::begin_of(UtcMicros until) {
  constexpr auto kEnd = runtime::journal::kSequenceMax;
  if (until == UtcMicros::max()) return kEnd;
  const auto younger = reader_.first_since(until + UtcMicros{1});
  if (!younger) return kEnd;  // what is wrong the look itself comes to, or it is of no matter
  return std::min(*younger + kDisorderMax, kEnd);
}

Result<std::vector<FaultRow>> History::faults(const Filter& filter) {
  std::vector<FaultRow> rows;
  const auto read =
      walk(fault_key(filter), filter, by_finding(filter),
           [&](const Found& found) -> Result<std::optional<UtcMicros>> {
             const auto* r = std::get_if<Fault>(&found.record);
             if (r == nullptr || !is_meant(filter, found, r->zone, word(r->type)))
               return std::nullopt;
             rows.push_back({found.sequence, found.time, std::string{found.names.point}, r->zone,
                             r->type, r->reason});
             return found.time;
           });
  if (!read) return tl::unexpected(read.error());
  keep_newest(rows, filter.limit, kByTime);
  return rows;
}

Result<std::vector<HealthRow>> History::health(const Filter& filter) {
  std::vector<HealthRow> rows;
  std::optional<PostingKey> by;
  if (!filter.point.empty()) by = key(Index::health_of_point, filter.point);
  const auto read = walk(
      by, filter, by_record(filter), [&](const Found& found) -> Result<std::optional<UtcMicros>> {
        const auto* r = std::get_if<Health>(&found.record);
        if (r == nullptr || !is_meant(filter, found, r->zone, chargemill::word(r->phase)))
          return std::nullopt;
        rows.push_back({found.sequence, found.time, std::string{found.names.point}, r->zone, *r});
        return found.time;
      });
  if (!read) return tl::unexpected(read.error());
  keep_newest(rows, filter.limit, kByTime);
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
  ++look_ups_;
  return {};
}

/// Its end, else a checkpoint. What its engine still owed when a run ended is younger than the end
/// that central had to make of it.
Result<SessionTold> History::told_of(SessionId session, About what) {
  SessionTold told;
  const auto read = show_session(session, [&](const runtime::journal::Record& record) {
    const auto found = decode(record);
    if (!found) return true;
    const auto take = [&](SimTime start, std::optional<SimTime> to, Energy delivered, Money cost) {
      if (told.reading) return;
      told.reading = {found->time, utc(start), std::nullopt, delivered, cost};
      if (to) told.reading->end = utc(*to);
    };
    const bool is_all = what == About::supply;  // what is older says nothing new of that
    if (const auto* owed = std::get_if<OwedEnd>(&found->record))
      take(owed->begun, owed->at, owed->delivered, owed->cost);
    if (const auto* ticket = std::get_if<TicketDelivered>(&found->record)) {
      auto& at = ticket->is_correction ? told.correction_delivered : told.delivered;
      if (!at) at = found->time;
    }
    if (const auto* end = std::get_if<SessionEnd>(&found->record)) {
      take(end->start, end->end, end->delivered, end->cost);
      if (told.end) return true;
      told.end = *end;
      told.ended = found->time;
      return !is_all;
    }
    if (const auto* checkpoint = std::get_if<Checkpoint>(&found->record)) {
      take(checkpoint->begun, std::nullopt, checkpoint->delivered, checkpoint->cost);
      return !is_all;
    }
    // Nothing of it is older than its start: the other segments need not be looked into.
    return !std::holds_alternative<SessionStart>(found->record);
  });
  if (!read) return tl::unexpected(read.error());
  return told;
}

Result<std::vector<SessionTold>> History::told_of(const std::vector<SessionId>& sessions) {
  has_looked_ = false;
  std::vector<SessionTold> all;
  all.reserve(sessions.size());
  for (const SessionId session : sessions) {
    auto told = told_of(session, About::tickets_too);
    if (!told) return tl::unexpected(told.error());
    all.push_back(*told);
  }
  return all;
}

Result<UtcMicros> History::own_since(const Filter& filter) {
  if (!filter.with_unsettled || !has_writer_) return UtcMicros::max();
  const auto began = newest_run_began(reader_);
  if (!began) return tl::unexpected(began.error());
  return began->value_or(UtcMicros::max());
}

Result<std::vector<SessionRow>> History::sessions(const Filter& filter) {
  std::vector<SessionRow> rows;
  const auto own = own_since(filter);
  if (!own) return tl::unexpected(own.error());
  const PostingKey by =
      narrowest(filter, Index::sessions, Index::sessions_of_point, Index::sessions_of_driver);
  Filter of_start = filter;
  of_start.kind.clear();
  WantedRows wanted{filter};
  const auto read = walk(
      by, filter, by_start(filter), [&](const Found& found) -> Result<std::optional<UtcMicros>> {
        const auto* r = std::get_if<SessionStart>(&found.record);
        if (r == nullptr || !is_meant(of_start, found, r->zone, {})) return std::nullopt;
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
        const auto told = told_of(row.session, About::supply);
        if (!told) return tl::unexpected(told.error());
        complete(row, *told);
        row.is_settled = (told->end && told->end->is_final) || row.created >= *own;
        const bool counts = wanted.counts(row);
        if (!counts && !wanted.adds(row)) return std::nullopt;
        rows.push_back(std::move(row));
        return counts ? std::optional{rows.back().start} : std::nullopt;
      });
  if (!read) return tl::unexpected(read.error());
  keep_newest(
      rows, filter.limit, [](const auto& a, const auto& b) { return a.start > b.start; },
      [&](const auto& row) { return wanted.counts(row); });
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
  const auto own = own_since(filter);
  if (!own) return tl::unexpected(own.error());
  const PostingKey by =
      narrowest(filter, Index::tickets, Index::tickets_of_point, Index::tickets_of_driver);
  Filter of_issue = filter;
  of_issue.kind.clear();
  WantedRows wanted{filter};
  const auto read = walk(by, filter, by_record(filter),
                         [&](const Found& found) -> Result<std::optional<UtcMicros>> {
                           const auto* r = std::get_if<SessionEnd>(&found.record);
                           if (r == nullptr || !is_meant(of_issue, found, r->zone, {}))
                             return std::nullopt;
                           const auto delivered = delivery_of(*r);
                           if (!delivered) return tl::unexpected(delivered.error());
                           TicketRow row{*r,
                                         std::string{found.names.point},
                                         std::string{found.names.driver},
                                         utc(r->start),
                                         utc(r->end),
                                         found.time,
                                         *delivered};
                           row.is_settled = row.delivered || row.issued >= *own;
                           const bool counts = wanted.counts(row);
                           if (!counts && !wanted.adds(row)) return std::nullopt;
                           rows.push_back(std::move(row));
                           return counts ? std::optional{found.time} : std::nullopt;
                         });
  if (!read) return tl::unexpected(read.error());
  keep_newest(
      rows, filter.limit, [](const auto& a, const auto& b) { return a.issued > b.issued; },
      [&](const auto& row) { return wanted.counts(row); });
  return rows;
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
  const auto last = reader_.last_owned();
  if (!last) return tl::unexpected(last.error());
  return Position{*last};
}

Result<std::optional<UtcMicros>> History::newest_time() { return archive::newest_time(reader_); }

}  // namespace chargemill::archive
