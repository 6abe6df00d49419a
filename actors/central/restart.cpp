#include "actors/central/restart.hpp"

namespace chargemill::central {

void forget(Turn& turn) {
  turn.state.up = false;
  turn.state.deadlines.clear();
  turn.state.recent_denials.forget();
  for (std::uint32_t i = 0; i < turn.state.points.size(); ++i) {
    PointRecord& point = turn.point(i);
    point.phase = Phase::disconnected;
    point.engine_known = false;
    point.monitor_ok = false;
    point.injected = kNever;
    point.filed = kNever;
    if (point.stage != Stage::none) point.stage = Stage::restored;
    refresh(turn, i);
  }
}

void come_back(Turn& turn) {
  turn.state.up = true;
  turn.state.deadlines.clear();
  for (std::uint32_t i = 0; i < turn.state.points.size(); ++i) {
    PointRecord& point = turn.point(i);
    point.filed = kNever;
    point.heard = turn.now;
    refresh(turn, i);
  }
  // What was confirmed meanwhile nobody heard, and drivers of other shards have noticed nothing
  // (D-083): who has one already says so once more.
  for (const auto& kept : turn.state.tickets) turn.out.push_back(kept.second.ticket);
}

void restarted(ShardState& state, SimTime now) {
  ShardEffects unsaid;
  Turn turn{state, now, unsaid};
  forget(turn);
  come_back(turn);
}

}  // namespace chargemill::central
