#include "actors/archive/past_set.hpp"

#include <algorithm>
#include <type_traits>

namespace chargemill::archive {

PastSet::PastSet(std::vector<std::unique_ptr<Past>> members) : members_(std::move(members)) {
  CHARGEMILL_ASSERT(!members_.empty());
  CHARGEMILL_ASSERT(members_.size() <= Position::kJournalsMax);
}

std::uint64_t PastSet::unique_id(std::size_t member, std::uint64_t id) const noexcept {
  return id == 0 ? 0 : (id - 1) * members_.size() + member + 1;
}

/// The newest of all are among the newest of each.
template <class Row, class Ask, class Newer>
Result<std::vector<Row>> PastSet::gather(const Filter& filter, Ask ask, Newer is_newer) {
  std::vector<Row> all;
  for (std::size_t m = 0; m < members_.size(); ++m) {
    auto rows = ask(*members_[m]);
    if (!rows) return tl::unexpected(rows.error());
    for (auto& row : *rows) {
      if constexpr (!std::is_same_v<Row, TicketRow>) row.id = unique_id(m, row.id);
      all.push_back(std::move(row));
    }
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

Result<std::vector<SessionRow>> PastSet::sessions(const Filter& filter) {
  return gather<SessionRow>(
      filter, [&](Past& past) { return past.sessions(filter); },
      [](const auto& a, const auto& b) {
        return a.start != b.start ? a.start > b.start : a.id > b.id;
      });
}

Result<std::vector<TicketRow>> PastSet::tickets(const Filter& filter) {
  return gather<TicketRow>(
      filter, [&](Past& past) { return past.tickets(filter); },
      [](const auto& a, const auto& b) { return a.issued > b.issued; });
}

Result<std::vector<MeterRow>> PastSet::meter(const Filter& filter) {
  return gather<MeterRow>(
      filter, [&](Past& past) { return past.meter(filter); },
      [](const auto& a, const auto& b) { return a.time > b.time; });
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
  return all;
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
