#include "actors/central/central.hpp"

#include "actors/central/listing.hpp"
#include "runtime/base/assert.hpp"

namespace chargemill::central {
namespace {

void deny(CentralState& state, const RecentDenials::Denial& denial, CentralEffects& out) {
  ++state.requests_denied;
  if (denial.request != RequestId::none) state.recent_denials.remember(denial);
  out.push_back(DriverUpdate{denial.request, SessionId::none, Power{}, Energy{}, Money{},
                             denial.point, denial.driver, UpdateStatus::denied, denial.reason,
                             denial.phase, Reason::none});
}

void hand_out(CentralState& state, const ZoneRequest& e, SimTime now, CentralEffects& out) {
  const auto shard = e.tried < state.shards ? choose_shard(state, e.zone) : std::nullopt;
  if (!shard) {
    return deny(state,
                {e.request, now, e.driver, kUnknownPoint, e.zone, true, Reason::no_free_point,
                 Phase::disconnected},
                out);
  }
  ZoneBook& zone = state.zones[index_of(e.zone)];
  --zone.free[index_of(*shard)];
  zone.next = (index_of(*shard) + 1U) % state.shards;
  out.push_back(ToShard{*shard, e});
}

void on(CentralState& state, const ZoneRequest& e, SimTime now, CentralEffects& out) {
  hand_out(state, e, now, out);
}

void on(CentralState& state, const ZoneMiss& e, SimTime now, CentralEffects& out) {
  hand_out(state, e.request, now, out);
}

void on(CentralState& state, const FreeCount& e, SimTime, CentralEffects&) {
  if (index_of(e.zone) >= state.zones.size() || index_of(e.shard) >= state.shards) return;
  state.zones[index_of(e.zone)].free[index_of(e.shard)] = e.free;
}

// Only requests for points that nobody has come here (D-051).
void on(CentralState& state, const ChargeRequest& e, SimTime now, CentralEffects& out) {
  deny(state,
       {e.request, now, e.driver, e.point, ZoneId{}, false, Reason::point_not_found,
        Phase::disconnected},
       out);
}

void on(CentralState&, const CancelRequest&, SimTime, CentralEffects&) {}  // nobody has it

void on(CentralState&, const AskRequest& e, SimTime, CentralEffects& out) {
  out.push_back(ToShards{e});
}
void on(CentralState&, const DriverReturned& e, SimTime, CentralEffects& out) {
  out.push_back(ToShards{e});
}

void on(CentralState&, const OperatorOrder& e, SimTime, CentralEffects& out) {
  if (e.all) {
    out.push_back(ToShards{e});
  } else {
    out.push_back(ToOwner{e});
  }
}

// D-130. It goes from shard to shard; what comes back here has no next one.
void on(CentralState& state, const PointSearch& e, SimTime, CentralEffects& out) {
  if (index_of(e.next) < state.points) {
    out.push_back(e);
  } else {
    out.push_back(list_of(e, true));
  }
}

void on(CentralState&, const Tick&, SimTime, CentralEffects&) {}

}  // namespace

CentralState make_central(std::uint16_t shards, std::uint16_t zones, std::uint32_t points) {
  CHARGEMILL_ASSERT(shards > 0);
  CentralState state;
  state.shards = shards;
  state.points = points;
  state.zones.assign(zones, ZoneBook{std::vector<std::uint32_t>(shards, 0), 0});
  return state;
}

void step(CentralState& state, const CentralEvent& event, SimTime now, CentralEffects& effects) {
  std::visit([&](const auto& e) { on(state, e, now, effects); }, event);
}

std::optional<ShardId> choose_shard(const CentralState& state, ZoneId zone) {
  if (index_of(zone) >= state.zones.size()) return std::nullopt;
  const ZoneBook& book = state.zones[index_of(zone)];
  for (std::uint32_t i = 0; i < state.shards; ++i) {
    const std::uint32_t shard = (book.next + i) % state.shards;
    if (book.free[shard] > 0) return ShardId{static_cast<std::uint16_t>(shard)};
  }
  return std::nullopt;
}

}  // namespace chargemill::central
