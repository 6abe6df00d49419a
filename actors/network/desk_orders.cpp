// What those outside order a running network to do, and what they say to it.
#include <utility>
#include <variant>

#include "actors/network/desk.hpp"
#include "runtime/base/overloaded.hpp"

namespace chargemill::network {

using runtime::LeanActor;

void Desk::order(const OperatorOrder& order) {
  LeanActor::post(&network_.central(), central::CentralEvent{order});
}

unsigned Desk::node_of(PointId point) const { return network_.node_of(index_of(owner_of(point))); }

bool Desk::has_place(PointId point) const noexcept {
  return index_of(point) < network_.switchboard().shard_of.size();
}

bool Desk::hand_over(PointId point, const Order& order) {
  const unsigned node = node_of(point);
  if (node == engine_.options().node) return false;
  if (others_ != nullptr) others_->order(node, order);
  return true;
}

bool Desk::obey(const Order& order) {
  const PointId point = std::visit([](const auto& o) { return o.point; }, order);
  if (!has_place(point)) return true;  // it is nobody's, wherever it goes
  if (others_ == nullptr && node_of(point) != engine_.options().node) return false;
  std::visit(Overloaded{[this](const director::Inject& o) { inject(o); },
                        [this](const PlugAt& o) { o.is_in ? plug(o.point) : unplug(o.point); },
                        [this](const StartAt& o) { start(o.point, o.what); },
                        [this](const SwitchOnAt& o) { switch_on(o.point); },
                        [this](const SimulateAt& o) { simulate_fault(o.point, o.on); },
                        [this](const auto& o) { report(o); }},
             order);
  return true;
}

// Which node has a shard is written before its actors here rest, and after they have come
// (Network::depart, arrive): whoever finds none of them learns at a second look where they are.
template <class Event, class Find>
void Desk::tell(PointId point, const Order& order, const Event& event, Find find) {
  constexpr int kLooks = 2;
  for (int look = 0; look < kLooks && !hand_over(point, order); ++look) {
    auto* const actor = find();
    if (actor != nullptr) return LeanActor::post(actor, event);
  }
}

ShardId Desk::owner_of(PointId point) const {
  return network_.switchboard().shard_of[index_of(point)];
}

template <class Report>
void Desk::tell_owner(const Report& said) {
  tell(said.point, said, central::ShardEvent{said},
       [this, owner = owner_of(said.point)] { return network_.shard_here(owner); });
}

void Desk::report(const Register& said) { tell_owner(said); }
void Desk::report(const Heartbeat& said) { tell_owner(said); }
void Desk::report(const FaultReport& said) {
  FaultReport marked = said;
  marked.from_outside = true;
  tell_owner(marked);
}
void Desk::report(const HealthyReport& said) { tell_owner(said); }

void Desk::tell_director(PointId point, const Order& order, const director::Event& event) {
  tell(point, order, event,
       [this, owner = owner_of(point)] { return network_.director_here(owner); });
}

void Desk::inject(const director::Inject& fault) { tell_director(fault.point, fault, fault); }
void Desk::switch_on(PointId point) {
  tell_director(point, SwitchOnAt{point}, director::SwitchOn{point});
}
void Desk::simulate_fault(PointId point, bool on) {
  tell_director(point, SimulateAt{point, on}, director::Simulate{point, on});
}

void Desk::plug(PointId point) { tell_inside(point, PlugAt{point, true}, Plug{}); }
void Desk::unplug(PointId point) { tell_inside(point, PlugAt{point, false}, Unplug{}); }
void Desk::start(PointId point, const StartHere& what) {
  tell_inside(point, StartAt{point, what}, what);
}

/// What people do at a charge point that is outside, they do there.
template <class Deed>
void Desk::tell_inside(PointId point, const Order& order, const Deed& deed) {
  tell(point, order, charge_point::Event{deed},
       [this, point] { return network_.inside_point(point); });
}

RequestId Desk::ask(DriverId driver, const Trip& trip, std::string_view name) {
  const RequestId request = network_.given_names().give(driver, name);
  tell_driver(driver, driver::NamedTrip{trip, request});
  return request;
}
void Desk::ask_again(const AskRequest& request) { tell_driver(request.driver, request); }
void Desk::call(DriverId driver) { tell_driver(driver, Return{}); }
void Desk::hang_up(DriverId driver) { tell_driver(driver, Leave{}); }

template <class Said>
bool Desk::tell_driver(DriverId driver, const Said& said) {
  auto* const actor = network_.any_driver(driver);
  if (actor != nullptr) LeanActor::post(actor, driver::Event{said});
  return actor != nullptr;
}

void Desk::cancel(const CancelRequest& request) { tell_driver(request.driver, request); }

/// It has left this node since whoever asks has looked.
void Desk::turn_away(DriverId driver, std::uint64_t errand) {
  hand_book_.on_answer({errand, RequestId::none, driver, driver::HandVerdict::elsewhere});
}

bool Desk::ask_by_hand(DriverId driver, const Trip& trip, HandBook::Done done) {
  const auto errand = hand_book_.begin_errand(trip, engine_.reached(), std::move(done));
  if (errand && !tell_driver(driver, driver::AskByHand{trip, *errand})) turn_away(driver, *errand);
  return errand.has_value();
}

bool Desk::cancel_by_hand(DriverId driver, RequestId request, HandBook::Done done) {
  const auto errand = hand_book_.begin_errand(std::nullopt, engine_.reached(), std::move(done));
  if (errand && !tell_driver(driver, driver::CancelByHand{request, *errand}))
    turn_away(driver, *errand);
  return errand.has_value();
}

void Desk::confirm(const TicketAck& ticket) {
  const auto shard = central::shard_of(ticket.session);
  if (index_of(shard) >= topology().shards.size()) return;
  auto* const actor = network_.shard_here(shard);
  if (actor != nullptr) LeanActor::post(actor, central::ShardEvent{ticket});
}

void Desk::say(PointId point, const outside::PointSays& what) {
  auto* const actor = network_.outside_point(point);
  if (actor != nullptr) LeanActor::post(actor, what);
}

void Desk::lose_monitor(PointId point) {
  auto* const actor = network_.shard_here(owner_of(point));
  if (actor != nullptr)
    LeanActor::post(actor, central::ShardEvent{central::Parted{point, false, true}});
}

}  // namespace chargemill::network
