#include "actors/central/named_requests.hpp"

#include <algorithm>

#include "actors/archive/image.hpp"
#include "actors/archive/request_name.hpp"

namespace chargemill::central {
namespace {

/// The oldest goes when its driver has more than so many.
void keep_few(ShardState& state, DriverId driver) {
  auto& all = state.named_requests;
  const auto first = all.lower_bound({driver, RequestId::none});
  std::size_t count = 0;
  auto oldest = first;
  for (auto one = first; one != all.end() && one->first.first == driver; ++one, ++count) {
    if (one->second.asked < oldest->second.asked) oldest = one;
  }
  if (count > archive::kNamedRemembered) all.erase(oldest);
}

}  // namespace

void name_request(Turn& turn, const PointRecord& point) {
  if (!archive::is_named(point.request)) return;
  archive::RequestNamed named{};
  named.at = named.asked = turn.now;
  named.request = point.request;
  named.session = point.session;
  named.point = point.id;
  named.driver = point.driver;
  named.status = SessionStatus::active;
  turn.record(named);
  keep_named(turn.state, named);
}

void settle_named(ShardState& state, const ClosedSession& closed) {
  const auto known = state.named_requests.find({closed.driver, closed.request});
  if (known == state.named_requests.end()) return;
  archive::RequestNamed& named = known->second;
  named.delivered = closed.booked;
  named.cost = closed.cost;
  named.status = closed.status;
  named.reason = closed.reason;
  named.detail = closed.detail;
  named.phase = closed.phase;
  named.refusal = closed.refusal;
}

void keep_named(ShardState& state, const archive::RequestNamed& named) {
  state.named_requests[{named.driver, named.request}] = named;
  keep_few(state, named.driver);
}

std::optional<DriverUpdate> standing_by_name(const ShardState& state, DriverId driver,
                                             RequestId request) {
  if (!archive::is_named(request)) return std::nullopt;
  const auto known = state.named_requests.find({driver, request});
  if (known == state.named_requests.end()) return std::nullopt;
  const archive::RequestNamed& n = known->second;
  if (n.status == SessionStatus::active) return std::nullopt;
  const bool is_complete = n.status == SessionStatus::completed;
  DriverUpdate update{};
  update.request = n.request;
  update.session = n.session;
  update.delivered = n.delivered;
  update.cost = n.cost;
  update.point = n.point;
  update.driver = n.driver;
  update.status = is_complete ? UpdateStatus::completed : UpdateStatus::failed;
  update.reason = n.reason;
  update.phase = n.phase;
  update.detail = n.detail;
  update.refusal = n.refusal;
  return update;
}

}  // namespace chargemill::central
