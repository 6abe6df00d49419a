#include "actors/network/left_sessions.hpp"

namespace chargemill::network {

std::vector<LeftSession> left_sessions(PointId id, const archive::Image& image, std::size_t most) {
  const archive::PointState& open = image.points[index_of(id)];
  std::vector<LeftSession> left;
  for (const archive::SessionEnd& end : image.closed[index_of(id)]) {
    if (!end.is_final && !end.is_stray && end.session != open.session)
      left.push_back({end.session, end.driver, end.start, end.end, end.delivered, end.cost});
  }
  if (open.session != SessionId::none)
    left.push_back({open.session, open.driver, open.begun, open.heard, open.delivered, open.cost});
  if (left.size() > most) left.erase(left.begin(), left.end() - static_cast<std::ptrdiff_t>(most));
  return left;
}

void leave_interrupted(charge_point::Meter& meter, PointId id, const archive::Image& image) {
  const SessionId open = image.points[index_of(id)].session;
  for (const LeftSession& left : left_sessions(id, image, charge_point::Meter::kEndsMax)) {
    // One that was closed before anything flowed has most likely never begun (D-055).
    if (left.session != open && left.delivered.mj == 0) continue;
    charge_point::EndRecord end;
    end.session = left.session;
    end.start = left.begun;
    end.end = left.end;
    end.delivered = left.delivered;
    end.driver = left.driver;
    end.status = SessionStatus::failed;
    end.reason = Reason::engine_crashed;
    end.ordinal = ++meter.ends_made;
    meter.ends.push_back(end);
  }
}

}  // namespace chargemill::network
