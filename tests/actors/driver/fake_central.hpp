// The central of one driver, on a bench.
#pragma once

#include <rapidcheck.h>

#include <map>
#include <optional>
#include <set>
#include <vector>

#include "actors/messages.hpp"

namespace chargemill::driver {

/// As much of central as one driver sees: it knows each request once (D-054) and keeps tickets
/// until they are confirmed (D-083).
class FakeCentral {
 public:
  explicit FakeCentral(DriverId driver) : driver_(driver) {}

  void hear(RequestId request) { known_.emplace(request, Known{}); }
  /// The open request that came last becomes `status`, if it can.
  void decide(UpdateStatus status) {
    if (known_.empty()) return;
    Known& last = known_.rbegin()->second;
    const bool is_in = last.session != SessionId::none;
    const bool is_denial = status == UpdateStatus::denied;
    if (last.is_over || (is_in ? is_denial : status == UpdateStatus::in_progress)) return;
    last.status = status;
    last.is_told = true;
    if (status == UpdateStatus::accepted && !is_in) last.session = SessionId{++sessions_};
    last.is_over = status != UpdateStatus::accepted && status != UpdateStatus::in_progress;
    if (last.is_over && last.session != SessionId::none) tickets_.push_back(last.session);
  }
  void cancel(RequestId request) {
    const auto it = known_.find(request);
    RC_ASSERT(it != known_.end());  // who was never asked is not told
    if (it->second.is_over) return;
    it->second.is_over = true;
    it->second.status = UpdateStatus::completed;
    if (it->second.session != SessionId::none) tickets_.push_back(it->second.session);
  }
  /// What it says of `request`; empty: it has not decided yet.
  [[nodiscard]] std::optional<DriverUpdate> update(RequestId request) const {
    DriverUpdate u{};
    u.driver = driver_;
    u.request = request;
    const auto it = known_.find(request);
    u.status = it == known_.end() ? UpdateStatus::failed : it->second.status;
    if (it == known_.end()) return u;
    if (!it->second.is_told && !it->second.is_over) return std::nullopt;
    u.session = it->second.session;
    u.point = PointId{3};
    return u;
  }
  [[nodiscard]] std::optional<RequestId> last_request() const {
    if (known_.empty()) return std::nullopt;
    return known_.rbegin()->first;
  }
  void confirm(SessionId session) { confirmed_.insert(session); }
  [[nodiscard]] const std::vector<SessionId>& tickets() const { return tickets_; }
  [[nodiscard]] bool is_confirmed(SessionId s) const { return confirmed_.count(s) != 0; }

 private:
  struct Known {
    UpdateStatus status = UpdateStatus::accepted;
    SessionId session = SessionId::none;
    bool is_told = false;
    bool is_over = false;
  };
  std::map<RequestId, Known> known_;
  std::vector<SessionId> tickets_;  // in the order of issue
  std::set<SessionId> confirmed_;
  std::uint64_t sessions_ = 0;
  const DriverId driver_;
};

}  // namespace chargemill::driver
