#include "actors/central/clerk.hpp"

#include <algorithm>

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
  return std::holds_alternative<Ticket>(effect);
}

Clerk::Clerk(archive::RecordSink& sink, std::size_t points)
    : sink_(sink), backlog_(std::max(kUnsentMin, kUnsentAPoint * points)) {}

void Clerk::record(const ShardState& state, const ShardEffects& effects, SimTime now) {
  drain();
  for (const auto& effect : effects) {
    if (const auto* record = std::get_if<archive::Record>(&effect)) take(*record);
  }
  repeat(state, now);
}

void Clerk::take(const archive::Record& record) {
  ++unrepeated_;
  const bool must_last = !archive::may_merge(record);
  if (backlog_.empty() && sink_.try_append(record)) {
    if (must_last) promised_ = sink_.appended();
    return;
  }
  backlog_.add(record);
  if (must_last) promised_ = kUnsent;
}

void Clerk::drain() {
  if (backlog_.empty()) return;
  static_cast<void>(
      backlog_.drain([&](const archive::Record& record) { return sink_.try_append(record); }));
  if (backlog_.has_promises() || promised_ != kUnsent) return;
  // All that had no number is appended by now.
  promised_ = sink_.appended();
  for (Held& held : held_) held.needs = std::min(held.needs, promised_);
}

void Clerk::repeat(const ShardState& state, SimTime now) {
  while (unrepeated_ >= kRecordsARepetition && backlog_.empty() && sink_.has_much_room()) {
    if (!sink_.try_append(record_at(state, cursor_, now))) return;
    cursor_ = after(state, cursor_, now);
    unrepeated_ -= kRecordsARepetition;
  }
}

void Clerk::close(const ShardState& state) {
  for (const PointRecord& p : state.points) {
    if (p.stage != Stage::supplying) continue;
    take(archive::Checkpoint{p.heard, p.session, p.begun, p.delivered,
                             cost_of(p.delivered, p.price), p.id, p.driver,
                             state.zones[p.zone_slot].zone});
  }
  static_cast<void>(must_look_again());
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

bool Clerk::must_look_again() {
  if (held_.empty() && backlog_.empty()) return false;
  // acq_rel: if the journal took the flag before, all that it had done by then is seen below; if it
  // takes it later, it wakes us. Pairs with the exchange of whoever moves the journal.
  waiter_.is_asking.exchange(true, std::memory_order_acq_rel);
  drain();
  return !held_.empty() && (!sink_.holds_promises() || held_.front().needs <= sink_.durable());
}

}  // namespace chargemill::central
