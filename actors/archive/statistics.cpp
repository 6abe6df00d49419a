// How often points fail, and for how long (D-175).
#include <algorithm>
#include <map>
#include <set>

#include "actors/archive/history.hpp"
#include "actors/archive/keys.hpp"
#include "actors/archive/since.hpp"

namespace chargemill::archive {

using runtime::journal::PostingKey;

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

}  // namespace chargemill::archive
