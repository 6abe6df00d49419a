#include "actors/archive/subjects.hpp"

#include "runtime/base/overloaded.hpp"

namespace chargemill::archive {

Subjects subjects_of(const Record& record) {
  return std::visit(Overloaded{[](const SessionStart& r) {
                                 return Subjects{r.point, r.driver};
                               },
                               [](const Checkpoint& r) {
                                 return Subjects{r.point, r.driver};
                               },
                               [](const SessionEnd& r) {
                                 return Subjects{r.point, r.driver};
                               },
                               [](const TicketDelivered& r) {
                                 return Subjects{r.point, r.driver};
                               },
                               [](const OwedEnd& r) {
                                 return Subjects{r.point, r.driver};
                               },
                               // What only a restart reads needs no names.
                               [](const PointState&) { return Subjects{}; },
                               [](const ClosedAgain&) { return Subjects{}; },
                               [](const TicketAgain&) { return Subjects{}; },
                               [](const RoundMark&) { return Subjects{}; },
                               [](const RunBegan&) { return Subjects{}; },
                               [](const RunAgain&) { return Subjects{}; },
                               [](const RequestNamed&) { return Subjects{}; },
                               [](const DriverJoined& r) {
                                 return Subjects{kUnknownPoint, r.driver};
                               },
                               [](const auto& r) {
                                 return Subjects{r.point, kNobody};
                               }},
                    record);
}

}  // namespace chargemill::archive
