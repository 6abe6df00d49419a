#include "actors/central/shard_actor.hpp"

#include "actors/central/central.hpp"
#include "actors/central/inspection.hpp"
#include "actors/charge_point/charge_point.hpp"
#include "actors/director/director.hpp"
#include "actors/driver/driver.hpp"
#include "actors/monitor/monitor.hpp"
#include "actors/supervisor/supervisor.hpp"
#include "runtime/base/overloaded.hpp"
#include "runtime/base/prefetch.hpp"

namespace chargemill::central {
namespace {

constexpr Nanos kPublishEvery = std::chrono::milliseconds{250};

/// Null for an id that came from outside and that nobody has.
template <class Id>
runtime::Address seat(const std::vector<runtime::Address>& seats, Id id) {
  return index_of(id) < seats.size() ? seats[index_of(id)] : nullptr;
}

}  // namespace

void ShardActor::run(const ShardEvent& event) {
  if (std::holds_alternative<CentralUp>(event)) has_failed_ = false;
  effects_.clear();
  step(state_, event, now(), effects_);
  if (clerk_ != nullptr) {
    carry(std::holds_alternative<JournalMoved>(event));
  } else {
    for (const auto& effect : effects_) perform(effect);
  }
  wake_at(due(state_));
  publish();
}

void ShardActor::on_other(const runtime::Message& m) {
  if (const auto* const fenced = m.get_if<Fenced>()) return obey(*fenced);
  const auto* const inspect = m.get_if<Inspect>();
  if (m.get_if<Crash>() != nullptr) throw InjectedCrash{};
  if (inspect == nullptr) return drop(m);
  Inspect next = *inspect;
  next.from = next.what->look(state_, now(), next.from);
  if (next.from < state_.points.size()) return send(this, next);
  const auto after = network_.next_here[index_of(next.shard)];
  if (next.from == Inspection::kEnough || next.only_this || after == Switchboard::kNoShard)
    return next.what->finish(now());
  next.shard = ShardId{static_cast<std::uint16_t>(after)};
  next.from = 0;
  send(network_.shards[after], next);
}

void ShardActor::obey(const Fenced& order) {
  if (gate_.admits(runtime::agreement::Revision{order.token})) return run(order.event);
  instruments().add(Metric::orders_refused, 1);
}

// It comes back as from a restart of central: what a journal would give back is kept, and its
// director cuts and heals the connections. A failure while it is down is the same one.
runtime::LeanActor::AfterFailure ShardActor::on_failure(std::string_view what) {
  tell_defect(what);
  const bool was_down = std::exchange(has_failed_, true);
  if (was_down) return AfterFailure::survive;
  const auto shard = index_of(state_.settings.shard);
  tell<director::Event>(network_.directors[shard], CentralDown{});
  tell<supervisor::Event>(network_.supervisors[shard], ChildFailed{now(), shard, ActorKind::shard});
  try {
    run(CentralDown{});
  } catch (const std::exception& e) {
    network_.failures->report(name(), e.what());  // what is left of it cannot be trusted
  }
  return AfterFailure::survive;
}

archive::Waiter& ShardActor::record_into(archive::RecordSink& sink) {
  clerk_ = std::make_unique<Clerk>(sink, state_.points.size());
  state_.settings.records = true;
  return clerk_->waiter();
}

// What older steps had to hold back, then the records of this one, then what it says.
void ShardActor::carry(bool has_moved) {
  const auto release = [this] {
    while (const auto effect = clerk_->release()) perform(*effect);
  };
  if (has_moved) {
    clerk_->moved(state_);
    release();
  }
  clerk_->record(state_, effects_, now());
  for (const auto& effect : effects_) {
    const bool is_record = std::holds_alternative<archive::Record>(effect);
    if (!is_record && !clerk_->holds(effect)) perform(effect);
  }
  if (clerk_->must_look(state_)) release();
  state_.journal_behind = clerk_->is_behind();
  if (clerk_->is_busy() == state_.journal_busy) return;
  effects_.clear();
  step(state_, JournalBusy{clerk_->is_busy()}, now(), effects_);
}

// The records of ten thousand points do not fit in a cache, and messages come in no order of
// theirs.
void ShardActor::foresee(const runtime::Message& m) const {
  const auto* const event = m.get_if<ShardEvent>();
  if (event == nullptr) return;
  PointId id{};
  std::size_t bytes = sizeof(PointRecord);
  if (const auto* telemetry = std::get_if<Telemetry>(event)) {
    id = telemetry->point;
    const auto driver = index_of(telemetry->driver);
    if (driver < network_.drivers.size()) prefetch(&network_.drivers[driver]);
  } else if (const auto* heartbeat = std::get_if<Heartbeat>(event)) {
    id = heartbeat->point;
    bytes /= 2;
  } else if (const auto* status = std::get_if<Status>(event)) {
    id = status->point;
  } else {
    return;
  }
  const std::uint32_t index = index_of(id) - index_of(state_.points.front().id);
  if (index >= state_.points.size()) return;
  prefetch(&state_.points[index], bytes);
  prefetch(&network_.points[index_of(id)]);
}

void ShardActor::perform(const ShardEffect& effect) {
  std::visit(Overloaded{
                 [&](const ToPoint& e) {
                   const auto to = seat(network_.points, e.point);
                   if (to == nullptr) return;
                   std::visit([&](const auto& m) { tell<charge_point::Event>(to, m); }, e.message);
                 },
                 [&](const ToMonitor& e) {
                   const auto to = seat(network_.monitors, e.point);
                   if (to == nullptr) return;
                   std::visit([&](const auto& m) { tell<monitor::Event>(to, m); }, e.message);
                 },
                 [&](const DriverUpdate& e) {
                   if (e.reason == Reason::journal_busy) instruments().add(Metric::journal_busy, 1);
                   const auto to = seat(network_.drivers, e.driver);
                   if (to != nullptr) tell<driver::Event>(to, e);
                 },
                 [&](const Ticket& e) {
                   const auto to = seat(network_.drivers, e.driver);
                   if (to != nullptr) tell<driver::Event>(to, e);
                 },
                 [&](const TicketSettled& e) {
                   const auto to = seat(network_.drivers, e.driver);
                   if (to != nullptr) tell<driver::Event>(to, e);
                 },
                 [&](const PointList& e) {
                   const auto to = seat(network_.drivers, e.driver);
                   if (to != nullptr) tell<driver::Event>(to, e);
                 },
                 [&](const PointSearch& e) {
                   const auto to = network_.owner(e.next);
                   if (to == network_.central) return tell<CentralEvent>(to, e);
                   tell<ShardEvent>(to, e);
                 },
                 [&](const FreeCount& e) { tell<CentralEvent>(network_.central, e); },
                 [&](const ZoneMiss& e) { tell<CentralEvent>(network_.central, e); },
                 [&](const Welcome& e) {
                   if (seat(network_.monitors, e.point) == nullptr)  // it is outside
                     return tell<charge_point::Event>(network_.points[index_of(e.point)],
                                                      PowerOn{});
                   const auto to = network_.directors[index_of(state_.settings.shard)];
                   tell<director::Event>(to, director::Joined{e.point, e.zone});
                 },
                 [&](const Detected& e) { measure(e); },
                 [](const archive::Record&) {},  // nobody keeps them
             },
             effect);
}

void ShardActor::measure(const Detected& e) {
  instruments().detected(e.injected, time_since(e.injected), now(),
                         {e.request, e.session, e.driver, e.point});
}

void ShardActor::publish() {
  if (now() < publish_at_) return;
  publish_at_ = now() + kPublishEvery;
  show();
}

void ShardActor::show() {
  published_.store(state_.totals);
  watch_.store(state_.watch);
  if (clerk_ != nullptr) unwritten_.store({clerk_->merged(), clerk_->lost()});
  for (std::size_t i = 0; i < zones_.size(); ++i) zones_[i].totals.store(state_.zones[i].totals);
}

}  // namespace chargemill::central
