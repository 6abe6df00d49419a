#include "actors/central/clerk.hpp"

#include <algorithm>
#include <utility>

namespace chargemill::central {
namespace {

/// The number of a record that has none yet.
constexpr std::uint64_t kUnsent = UINT64_MAX;

}  // namespace

bool is_promise(const ShardEffect& effect) noexcept {
  if (const auto* to = std::get_if<ToPoint>(&effect))
    return !std::holds_alternative<ReportAck>(to->message);
  if (const auto* to = std::get_if<ToMonitor>(&effect))
    return std::holds_alternative<FaultAck>(to->message) ||
           std::holds_alternative<HealthyAck>(to->message);
  if (const auto* update = std::get_if<DriverUpdate>(&effect))
    return update->status != UpdateStatus::in_progress && update->status != UpdateStatus::denied;
  // Settled before that is on disk, a ticket might come again to a driver that has forgotten it.
  return std::holds_alternative<Ticket>(effect) || std::holds_alternative<TicketSettled>(effect);
}

Clerk::Clerk(archive::RecordSink& sink, std::size_t points)
    : sink_(sink), backlog_(std::max(kUnsentMin, kUnsentAPoint * points)), pending_(points) {}

void Clerk::record(const ShardState& state, const ShardEffects& effects, SimTime now) {
  for (const auto& effect : effects) {
    if (const auto* record = std::get_if<archive::Record>(&effect)) take(state, *record);
  }
  repeat(state, now);
}

void Clerk::take(const ShardState& state, const archive::Record& record) {
  unrepeated_ = std::min(unrepeated_ + 1, kOwedMax * kRecordsARepetition);
  if (leave_for_later(state, record)) return;
  const bool must_last = !archive::may_merge(record);
  if (backlog_.empty() && sink_.try_append(record)) {
    if (must_last) promised_ = sink_.appended();
    return;
  }
  backlog_.add(record);
  if (must_last) promised_ = kUnsent;
}

/// Health and energy make no burst longer; nor does a registration, which the next round tells, and
/// without which a point only registers once more.
bool Clerk::leave_for_later(const ShardState& state, const archive::Record& record) {
  const auto* health = std::get_if<archive::Health>(&record);
  const auto* checkpoint = std::get_if<archive::Checkpoint>(&record);
  const bool is_registration = std::holds_alternative<archive::Registration>(record);
  if (health == nullptr && checkpoint == nullptr && !is_registration) return false;
  if (pending_.empty() && backlog_.empty() && sink_.has_much_room()) return false;
  if (health != nullptr) pending_.add(find(state, health->point), *health);
  if (checkpoint != nullptr) pending_.add_checkpoint(find(state, checkpoint->point));
  return true;
}

void Clerk::drain(const ShardState& state) {
  const auto append = [this](const archive::Record& record) { return sink_.try_append(record); };
  if (!backlog_.empty()) {
    static_cast<void>(backlog_.drain(append));
    if (!backlog_.has_promises() && promised_ == kUnsent) {
      // All that had no number is appended by now.
      promised_ = sink_.appended();
      for (Held& held : held_) held.needs = std::min(held.needs, promised_);
    }
  }
  if (pending_.empty() || !backlog_.empty()) return;
  pending_.drain(
      state, [&](std::uint32_t index) { return checkpoint_at(state, index); },
      [&](std::uint32_t index, std::size_t place) { return owed_at(state, index, place); },
      [&](const archive::Record& record) { return sink_.has_much_room() && append(record); });
}

void Clerk::repeat(const ShardState& state, SimTime now) {
  if (!sink_.serves_restarts() || is_closed_) return;
  while (unrepeated_ >= kRecordsARepetition && backlog_.empty() && sink_.has_much_room()) {
    if (!sink_.try_append(record_at(state, cursor_, now))) return;
    cursor_ = after(state, cursor_, now);
    unrepeated_ -= kRecordsARepetition;
  }
}

archive::Checkpoint Clerk::checkpoint_at(const ShardState& state, std::uint32_t index) const {
  const PointRecord& point = state.points[index];
  archive::Checkpoint checkpoint = checkpoint_of(state, point);
  const auto reading = read_meter_ ? read_meter_(point, point.session) : std::nullopt;
  // What was known is not forgotten, whatever the meter says.
  if (!reading || reading->delivered.mj < point.delivered.mj) return checkpoint;
  checkpoint.begun = reading->begun;
  checkpoint.at = reading->at;
  checkpoint.delivered = reading->delivered;
  checkpoint.cost = reading->cost;
  return checkpoint;
}

std::optional<archive::OwedEnd> Clerk::owed_at(const ShardState& state, std::uint32_t index,
                                               std::size_t place) const {
  const PointRecord& point = state.points[index];
  const ClosedSession& closed = state.rings[point.ring].sessions[place];
  // Of a stray there is no session that it could belong to.
  if (closed.session == SessionId::none || closed.is_final || closed.is_stray) return std::nullopt;
  archive::OwedEnd owed{
      closed.asked, closed.session, closed.start,  closed.booked,
      closed.cost,  point.id,       closed.driver, state.zones[point.zone_slot].zone};
  const auto reading = read_meter_ ? read_meter_(point, closed.session) : std::nullopt;
  if (reading && reading->delivered.mj >= closed.booked.mj) {
    owed.at = reading->at;
    owed.begun = reading->begun;
    owed.delivered = reading->delivered;
    owed.cost = reading->cost;
  }
  if (owed.delivered.mj == 0) return std::nullopt;  // it has never begun
  return owed;
}

void Clerk::close(const ShardState& state, ReadMeter read_meter) {
  read_meter_ = std::move(read_meter);
  is_closed_ = true;
  for (std::uint32_t index = 0; index < state.points.size(); ++index) {
    const PointRecord& point = state.points[index];
    if (point.stage == Stage::none) continue;
    // One that nobody has heard of since its start, or a restart, may flow all the same.
    const bool is_told = point.stage == Stage::supplying ||
                         (read_meter_ && read_meter_(point, point.session).has_value());
    if (is_told) take(state, checkpoint_at(state, index));
  }
  for (std::uint32_t index = 0; index < state.points.size(); ++index) {
    if (state.points[index].ring == kNowhere) continue;
    for (std::size_t place = 0; place < kClosedKept; ++place) {
      if (owed_at(state, index, place)) pending_.add_owed(index);
    }
  }
  drain(state);
  if (must_look(state)) moved(state);
}

bool Clerk::holds(const ShardEffect& effect) {
  if (!is_promise(effect) || !sink_.holds_promises()) return false;
  if (held_.empty() && promised_ <= sink_.durable()) return false;
  held_.push_back({promised_, effect});
  return true;
}

std::optional<ShardEffect> Clerk::release() {
  if (held_.empty()) return std::nullopt;
  if (sink_.holds_promises() && held_.front().needs > sink_.durable()) return std::nullopt;
  std::optional<ShardEffect> effect{held_.front().effect};
  held_.pop_front();
  return effect;
}

void Clerk::moved(const ShardState& state) {
  is_asking_ = false;
  drain(state);
}

bool Clerk::must_look(const ShardState& state) {
  if (is_asking_ || (held_.empty() && backlog_.empty() && pending_.empty())) return false;
  is_asking_ = true;
  // acq_rel: if the journal took the flag before, all that it had done by then is seen below; if it
  // takes it later, it wakes us. Pairs with the exchange of whoever moves the journal.
  waiter_.is_asking.exchange(true, std::memory_order_acq_rel);
  drain(state);
  return !held_.empty() && (!sink_.holds_promises() || held_.front().needs <= sink_.durable());
}

}  // namespace chargemill::central
