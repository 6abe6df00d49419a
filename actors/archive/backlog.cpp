#include "actors/archive/backlog.hpp"

#include "runtime/base/overloaded.hpp"

namespace chargemill::archive {
namespace {

PointId point_of(const Record& record) {
  return std::visit(Overloaded{[](const ClosedAgain& r) { return r.end.point; },
                               [](const TicketAgain& r) { return r.end.point; },
                               [](const RoundMark&) { return PointId{}; },
                               [](const RunBegan&) { return PointId{}; },
                               [](const RunAgain&) { return PointId{}; },
                               [](const DriverJoined&) { return PointId{}; },
                               [](const auto& r) { return r.point; }},
                    record);
}

}  // namespace

void Backlog::add(const Record& record) {
  if (may_merge(record)) {
    const auto [place, is_new] =
        merged_.insert_or_assign({record.index(), point_of(record)}, record);
    static_cast<void>(place);
    if (!is_new) ++merges_;
  } else if (kept_.size() < kept_max_) {
    kept_.push_back(record);
  } else {
    ++lost_;
  }
}

}  // namespace chargemill::archive
