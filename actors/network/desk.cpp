#include "actors/network/desk.hpp"

#include <utility>

namespace chargemill::network {

using central::Inspect;
using central::Inspection;
using runtime::LeanActor;

/// Keeps an inspection alive while actors hold its address.
struct Desk::Errand final : Inspection {
  Errand(Desk& from, std::shared_ptr<Inspection> looks, ShardId begin, bool one)
      : desk(from), what(std::move(looks)), first(begin), only_this(one) {}

  std::uint32_t look(const central::ShardState& shard, SimTime now, std::uint32_t from) override {
    return what->look(shard, now, from);
  }
  void finish(SimTime now) override {
    const auto kept = std::move(what);
    desk.forget(this);  // and this is gone
    kept->finish(now);
  }

  Desk& desk;
  std::shared_ptr<Inspection> what;
  const ShardId first;
  const bool only_this;
};

Desk::Desk(Network& network, runtime::Coordinator& engine) : network_(network), engine_(engine) {
  network_.connect(hand_book_);
}
Desk::~Desk() = default;

bool Desk::may_change() const noexcept {
  return engine_.options().pacing != runtime::Pacing::virtual_time;
}

bool Desk::inspect(std::shared_ptr<Inspection> what) {
  return send(std::move(what), ShardId{0}, false);
}

bool Desk::inspect(PointId point, std::shared_ptr<Inspection> what) {
  return send(std::move(what), network_.switchboard().shard_of[index_of(point)], true);
}

bool Desk::send(std::shared_ptr<Inspection> what, ShardId first, bool only_this) {
  auto errand = std::make_unique<Errand>(*this, std::move(what), first, only_this);
  Errand* const sent = errand.get();
  {
    const std::lock_guard lock{mutex_};
    if (errands_.size() >= kOpenMax) return false;
    errands_.emplace(sent, std::move(errand));
    if (!may_change()) waiting_.push_back(sent);
  }
  if (may_change()) LeanActor::post(&network_.central(), Inspect{sent, 0, first, only_this});
  return true;
}

void Desk::forget(const Errand* errand) {
  const std::lock_guard lock{mutex_};
  errands_.erase(errand);
}

void Desk::serve() {
  std::vector<Errand*> waiting;
  {
    const std::lock_guard lock{mutex_};
    waiting.swap(waiting_);
  }
  if (waiting.empty()) return;
  const SimTime now = network_.stands_at();
  const std::size_t shards = network_.topology().shards.size();
  for (Errand* errand : waiting) {
    std::uint32_t from = 0;
    for (std::size_t s = index_of(errand->first); s < shards && from != Inspection::kEnough; ++s) {
      const auto& state = network_.shard(ShardId{static_cast<std::uint16_t>(s)}).state();
      for (from = 0; from < state.points.size();) from = errand->look(state, now, from);
      if (errand->only_this) break;
    }
    errand->finish(now);
  }
}

bool Desk::is_waited_for() {
  const std::lock_guard lock{mutex_};
  return !waiting_.empty();
}

void Desk::order(const OperatorOrder& order) {
  LeanActor::post(&network_.central(), central::CentralEvent{order});
}

template <class Report>
void Desk::tell_owner(const Report& said) {
  const auto shard = network_.switchboard().shard_of[index_of(said.point)];
  LeanActor::post(&network_.shard(shard), central::ShardEvent{said});
}

void Desk::report(const Register& said) { tell_owner(said); }
void Desk::report(const Heartbeat& said) { tell_owner(said); }
void Desk::report(const FaultReport& said) {
  FaultReport marked = said;
  marked.from_outside = true;
  tell_owner(marked);
}
void Desk::report(const HealthyReport& said) { tell_owner(said); }

void Desk::inject(const director::Inject& fault) {
  const auto shard = network_.switchboard().shard_of[index_of(fault.point)];
  LeanActor::post(&network_.director(shard), director::Event{fault});
}

void Desk::plug(PointId point) { tell_inside(point, Plug{}); }
void Desk::unplug(PointId point) { tell_inside(point, Unplug{}); }
void Desk::start(PointId point, const StartHere& what) { tell_inside(point, what); }

/// What people do at a charge point that is outside, they do there.
template <class Deed>
void Desk::tell_inside(PointId point, const Deed& deed) {
  auto* const actor = network_.inside_point(point);
  if (actor != nullptr) LeanActor::post(actor, charge_point::Event{deed});
}

const PointSpec& Desk::spec(PointId point) const noexcept {
  const PointSpec* const late = network_.annex().point(point);
  return late != nullptr ? *late : topology().points[index_of(point)];
}

void Desk::ask(DriverId driver, const Trip& trip) { tell_driver(driver, trip); }
void Desk::call(DriverId driver) { tell_driver(driver, Return{}); }
void Desk::hang_up(DriverId driver) { tell_driver(driver, Leave{}); }

template <class Said>
void Desk::tell_driver(DriverId driver, const Said& said) {
  auto* const actor = network_.any_driver(driver);
  if (actor != nullptr) LeanActor::post(actor, driver::Event{said});
}

void Desk::cancel(const CancelRequest& request) { tell_owner(request); }

bool Desk::ask_by_hand(DriverId driver, const Trip& trip, HandBook::Done done) {
  const auto errand = hand_book_.begin_errand(trip, engine_.reached(), std::move(done));
  if (errand) tell_driver(driver, driver::AskByHand{trip, *errand});
  return errand.has_value();
}

bool Desk::cancel_by_hand(DriverId driver, RequestId request, HandBook::Done done) {
  const auto errand = hand_book_.begin_errand(std::nullopt, engine_.reached(), std::move(done));
  if (errand) tell_driver(driver, driver::CancelByHand{request, *errand});
  return errand.has_value();
}

void Desk::confirm(const TicketAck& ticket) {
  const auto shard = central::shard_of(ticket.session);
  if (index_of(shard) < topology().shards.size())
    LeanActor::post(&network_.shard(shard), central::ShardEvent{ticket});
}

void Desk::say(PointId point, const outside::PointSays& what) {
  auto* const actor = network_.outside_point(point);
  if (actor != nullptr) LeanActor::post(actor, what);
}

void Desk::lose_monitor(PointId point) { tell_owner(central::Parted{point, false, true}); }

}  // namespace chargemill::network
