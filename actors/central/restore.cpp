#include "actors/central/restore.hpp"

#include <algorithm>

#include "actors/central/named_requests.hpp"
#include "actors/central/restart.hpp"
#include "actors/central/tickets.hpp"
#include "runtime/base/assert.hpp"

namespace chargemill::central {
namespace {

void take_over(ShardState& state, std::uint32_t index, const archive::PointState& from,
               SimTime now) {
  PointRecord& point = state.points[index];
  if (from.is_registered) point.price = from.price;
  point.registered = from.is_registered;
  point.faulty = from.is_faulty;
  point.fault = from.fault;
  point.incident = from.is_faulty;
  point.operator_stopped = from.is_stopped;
  // None has opened after the end of its run, or it would rest for longer than it has to.
  point.breaker = runtime::LocalBreaker::of(from.breaker, std::min(from.breaker_opened, now));
  if (from.session == SessionId::none) return;
  point.stage = Stage::restored;
  point.session = from.session;
  point.request = from.request;
  point.driver = from.driver;
  point.begun = from.begun;
  point.delivered = from.delivered;
  point.cost = from.cost;
  point.permit = from.permit;
  state.open_by_driver[from.driver] = index;
  ++state.totals.sessions_started;
  ++state.totals.sessions_active;
  ++state.zones[point.zone_slot].totals.sessions_started;
}

ClosedSession closed_from(const archive::SessionEnd& end) {
  ClosedSession closed;
  closed.session = end.session;
  closed.request = end.request;
  closed.start = end.start;
  closed.booked = end.delivered;
  closed.cost = end.cost;
  closed.asked = end.at;
  closed.driver = end.driver;
  closed.status = end.status;
  closed.reason = end.reason;
  closed.detail = end.detail;
  closed.phase = end.phase;
  closed.refusal = end.refusal;
  closed.is_final = end.is_final;
  closed.is_stray = end.is_stray;
  return closed;
}

KeptTicket ticket_from(const archive::SessionEnd& end) {
  return {{end.session, end.start, end.end, end.delivered, end.cost, end.point, end.driver,
           end.status, end.reason, end.is_correction},
          end.request,
          end.detail,
          end.phase,
          end.refusal};
}

/// A driver that had joined that run, and that has no seat any more: whoever has its number now is
/// somebody else.
bool is_of_a_newcomer(const archive::Image& image, DriverId driver, std::uint32_t taken_back) {
  return image.run.run > 0 && driver != kNobody &&
         index_of(driver) >= image.run.drivers + taken_back;
}

void take_over_closed(ShardState& state, std::uint32_t index, const archive::Image& image,
                      std::uint32_t taken_back) {
  static_assert(archive::kClosedRemembered == kClosedKept);
  const auto& closed = image.closed[index_of(state.points[index].id)];
  if (closed.empty()) return;
  state.points[index].ring = static_cast<std::uint32_t>(state.rings.size());
  ClosedRing& ring = state.rings.emplace_back();
  for (const auto& end : closed) {
    ClosedSession& known = ring.sessions[ring.next++ % kClosedKept];
    known = closed_from(end);
    // It may be corrected still, and then there is a ticket.
    if (is_of_a_newcomer(image, known.driver, taken_back)) known.driver = kNobody;
  }
}

void take_over_named(ShardState& state, const archive::Image& image, std::uint32_t taken_back) {
  for (const auto& [driver, all] : image.named) {
    if (is_of_a_newcomer(image, driver, taken_back)) continue;
    for (const archive::NamedAs& one : all) {
      const std::uint32_t index = find(state, one.what.point);
      if (index == kNowhere) continue;
      // Its name reached the disk, and its session did not: nobody has heard of that.
      const bool is_open = one.what.status == SessionStatus::active;
      if (is_open && state.points[index].request != one.what.request) continue;
      keep_named(state, one.what);
    }
  }
}

}  // namespace

void restore(ShardState& state, const archive::Image& image, SimTime now,
             std::uint32_t taken_back) {
  CHARGEMILL_ASSERT(state.totals.sessions_started == 0);
  for (std::uint32_t i = 0; i < state.points.size(); ++i) {
    const auto id = index_of(state.points[i].id);
    if (id >= image.points.size()) continue;
    archive::PointState known = image.points[id];
    if (is_of_a_newcomer(image, known.driver, taken_back)) known.driver = kNobody;
    take_over(state, i, known, now);
    take_over_closed(state, i, image, taken_back);
  }
  for (const auto& [key, end] : image.tickets) {
    if (find(state, end.point) == kNowhere || is_of_a_newcomer(image, key.first, taken_back))
      continue;
    keep_ticket(state, ticket_from(end));
    ++state.totals.tickets_issued;
  }
  take_over_named(state, image, taken_back);
  const auto shard = index_of(state.settings.shard);
  if (shard < image.sessions_made.size()) state.sessions_made = image.sessions_made[shard];
  restarted(state, now);
}

}  // namespace chargemill::central
