#include "actors/charge_point/meter.hpp"

#include <algorithm>

#include "runtime/base/assert.hpp"

namespace chargemill::charge_point {
namespace {

/// Longer than any run (31 years). A limit from outside beyond it is no limit, so no sum overflows.
constexpr Nanos kForever{1'000'000'000'000'000'000};

SimTime after(SimTime start, Nanos limit) {
  if (limit <= Nanos{0} || limit >= kForever) return kNever;
  return start + limit;
}

Nanos time_for(Energy target, Power power) {
  constexpr std::int64_t kNanosPerMilli = 1'000'000;
  if (target.mj <= 0 || power.w <= 0) return Nanos{0};
  if (target.mj / power.w >= kForever.count() / kNanosPerMilli) return kForever;
  return time_to_deliver(target, power);
}

/// Rounded half to even, once (D-111): what is told on the way is rounded down, so that it never
/// exceeds this.
Energy total_at(const Meter& meter, SimTime end) {
  const auto& session = meter.running;
  if (end <= session.since) return {};
  const Energy flowed = rounded_energy(meter.power, end - session.since);
  return session.target.mj > 0 ? std::min(flowed, session.target) : flowed;
}

}  // namespace

void Meter::begin(const StartSupply& start, Nanos max_session, SimTime now) {
  CHARGEMILL_ASSERT(!active);
  CHARGEMILL_ASSERT(has_room());
  const Energy target{std::max<std::int64_t>(start.target.mj, 0)};
  running = {start.session, now, kNever, target, start.driver, Reason::none};
  const auto limit = [this](SimTime at, Reason reason) {
    if (at >= running.stop_at) return;
    running.stop_at = at;
    running.planned = reason;
  };
  limit(after(now, time_for(target, power)), Reason::energy_target_reached);
  limit(after(now, start.stay), Reason::stay_ended);
  limit(after(now, max_session), Reason::time_limit_reached);
  active = true;
}

void Meter::finish(SessionStatus status, Reason reason, SimTime now) {
  CHARGEMILL_ASSERT(active);
  CHARGEMILL_ASSERT(has_room());
  const SimTime end = std::min(now, running.stop_at);
  const Energy energy = total_at(*this, end);
  ends.push_back({running.session, running.since, end, energy, running.driver, status, reason,
                  ++ends_made, false});
  finished += energy;
  active = false;
}

Energy Meter::delivered(SimTime now) const noexcept {
  if (!active || now <= running.since) return {};
  const Energy flowed = power * (std::min(now, running.stop_at) - running.since);
  return running.target.mj > 0 ? std::min(flowed, running.target) : flowed;
}

void Meter::confirm(SessionId session) {
  const auto found = std::find_if(
      ends.begin(), ends.end(), [session](const EndRecord& end) { return end.session == session; });
  if (found != ends.end()) ends.erase(found);
}

void Meter::resend_ends() noexcept {
  for (EndRecord& end : ends) end.sent = false;
}

}  // namespace chargemill::charge_point
