// Shards that go from one node to another while both live: with all that their actors are.
#include <algorithm>
#include <utility>

#include "actors/network/here.hpp"
#include "actors/network/network.hpp"
#include "actors/saved/central_fields.hpp"
#include "actors/saved/director_fields.hpp"
#include "actors/saved/driver_fields.hpp"
#include "actors/saved/point_fields.hpp"
#include "runtime/base/assert.hpp"
#include "runtime/engine/parking.hpp"
#include "runtime/saved/reader.hpp"
#include "runtime/saved/writer.hpp"

namespace chargemill::network {

using runtime::Entity;
using runtime::LeanActor;
using runtime::saved::Reader;
using runtime::saved::Writer;
using Parking = runtime::Coordinator::Parking;

namespace {

/// Between two waits for the disk actors say what they may say now; each time less is left.
constexpr int kWaitsMax = 16;

/// What a look at a node owes to one of its shards, and goes where the shard goes.
void add_figures(Instruments& to, const driver::State& of, std::uint64_t sign) {
  const driver::Totals& t = of.totals;
  to.add(Metric::requests_sent, sign * t.sent);
  to.add(Metric::requests_accepted, sign * t.accepted);
  to.add(Metric::requests_denied, sign * t.denied);
  to.add(Metric::requests_timed_out, sign * t.timed_out);
  to.add(Metric::tickets_delivered, sign * t.tickets);
  if (of.mode == driver::Mode::fleet) to.add(Metric::done, sign * t.sent);
}
void add_figures(Instruments& to, const fleet::State& of, std::uint64_t sign) {
  to.add(Metric::offered, sign * of.totals.offered);
  to.add(Metric::shed, sign * of.totals.shed);
}
template <class State>
void add_figures(Instruments& /*to*/, const State& /*of*/, std::uint64_t /*sign*/) {}

/// What only somebody outside says to an actor, as another node is told of it; none: it is nothing
/// of that.
std::optional<Order> order_in(const charge_point::State& of, const charge_point::Event& event) {
  if (std::holds_alternative<Plug>(event)) return PlugAt{of.id, true};
  if (std::holds_alternative<Unplug>(event)) return PlugAt{of.id, false};
  if (const auto* const start = std::get_if<StartHere>(&event)) return StartAt{of.id, *start};
  return std::nullopt;
}
std::optional<Order> order_in(const central::ShardState& /*of*/, const central::ShardEvent& event) {
  if (const auto* const said = std::get_if<Register>(&event)) return *said;
  if (const auto* const said = std::get_if<Heartbeat>(&event)) return *said;
  if (const auto* const said = std::get_if<FaultReport>(&event)) return *said;
  if (const auto* const said = std::get_if<HealthyReport>(&event)) return *said;
  return std::nullopt;
}
std::optional<Order> order_in(const director::State& /*of*/, const director::Event& event) {
  if (const auto* const said = std::get_if<director::Inject>(&event)) return *said;
  if (const auto* const said = std::get_if<director::SwitchOn>(&event))
    return SwitchOnAt{said->point};
  if (const auto* const said = std::get_if<director::Simulate>(&event))
    return SimulateAt{said->point, said->on};
  return std::nullopt;
}
template <class Event, class State>
std::optional<Order> order_of(const State& of, const runtime::Message& m) {
  const auto* const event = m.get_if<Event>();
  return event == nullptr ? std::nullopt : order_in(of, *event);
}
std::optional<Order> order_of(const charge_point::State& of, const runtime::Message& m) {
  return order_of<charge_point::Event>(of, m);
}
std::optional<Order> order_of(const central::ShardState& of, const runtime::Message& m) {
  return order_of<central::ShardEvent>(of, m);
}
std::optional<Order> order_of(const director::State& of, const runtime::Message& m) {
  return order_of<director::Event>(of, m);
}
/// Nobody outside tells any other actor of a node that shares its network, but for requests by
/// hand.
template <class State>
std::optional<Order> order_of(const State& /*of*/, const runtime::Message& /*m*/) {
  return std::nullopt;
}

/// These do not go with their driver: whoever waits for its answer is told.
void turn_away(driver::HandListener& hands, const driver::State& of, const runtime::Message& m) {
  const auto* const event = m.get_if<driver::Event>();
  if (event == nullptr) return;
  const auto answer = [&](std::uint64_t errand) {
    hands.on_answer({errand, RequestId::none, of.id, driver::HandVerdict::elsewhere});
  };
  if (const auto* const asked = std::get_if<driver::AskByHand>(event)) answer(asked->errand);
  if (const auto* const given_up = std::get_if<driver::CancelByHand>(event))
    answer(given_up->errand);
}
template <class State>
void turn_away(driver::HandListener& /*hands*/, const State& /*of*/,
               const runtime::Message& /*m*/) {}

}  // namespace

/// Calls f(slot, seat, number) for all that works beside this shard, in the order in which they
/// were named.
template <class F>
void Network::each_of(std::uint32_t shard, Half half, F f) {
  const auto& seat = topology_.shards[shard];
  auto& of = switchboard_;
  Entity number = first_numbers_[shard];
  if (half != Half::fleet) {
    f(shards_[shard], of.shards[shard], number);
    f(supervisors_[shard], of.supervisors[shard], number + 1);
  }
  number += 2;
  for (std::uint32_t p = seat.first_point; p < seat.first_point + seat.points; ++p, number += 2) {
    if (half == Half::fleet) continue;
    CHARGEMILL_ASSERT(!topology_.points[p].is_outside);
    f(points_[p], of.points[p], number);
    f(monitors_[p], of.monitors[p], number + 1);
  }
  if (half != Half::fleet) f(directors_[shard], of.directors[shard], number);
  if (half == Half::shard) return;
  f(fleets_[shard], of.fleets[shard], number + 1);
  for (const DriverId id : of.drivers_of[shard]) {
    const auto d = index_of(id);
    f(drivers_[d], of.drivers[d], first_driver_number_ + d);
  }
}

std::vector<Entity> Network::numbers_of(const std::vector<std::uint32_t>& shards, Half half) {
  std::vector<Entity> numbers;
  for (const std::uint32_t s : shards)
    each_of(s, half,
            [&](auto& /*slot*/, auto& /*seat*/, Entity number) { numbers.push_back(number); });
  return numbers;
}

/// Until nothing waits on this node, all that those shards have said is on disk, and all that they
/// had promised is said. Fleets and drivers write nothing and promise nothing.
bool Network::settle(const std::vector<std::uint32_t>& shards, Nanos patience, Half half) {
  Parking parking{engine_};
  parking.settle();
  if (half == Half::fleet) return true;
  const auto is_done = [&] {
    return std::all_of(shards.begin(), shards.end(), [&](std::uint32_t s) {
      const central::Clerk* const clerk = shards_[s]->clerk();
      return clerk == nullptr || clerk->is_at_rest();
    });
  };
  if (recording_ == nullptr) return is_done();
  for (int wait = 0; wait < kWaitsMax; ++wait) {
    const std::uint64_t appended = recording_->appended();
    if (!recording_->flush(patience)) return false;
    if (wait > 0 && is_done() && recording_->appended() == appended) return true;
    for (const std::uint32_t s : shards)
      LeanActor::post(shards_[s], central::ShardEvent{JournalMoved{}});
    parking.settle();
  }
  return false;
}

Result<std::vector<std::byte>> Network::depart(const std::vector<std::uint32_t>& shards,
                                               unsigned node, Half half) {
  CHARGEMILL_ASSERT(departed_.empty() && link_ == nullptr);
  departed_half_ = half;
  Parking parking{engine_};
  Writer v;
  for (const std::uint32_t s : shards) {
    CHARGEMILL_ASSERT(is_here(s, half));
    if (recording_ != nullptr && half != Half::fleet)
      recorder_of(s).forget(ShardId{static_cast<std::uint16_t>(s)}, shards_[s]->waiter());
    v.same(s);
    settle_on(node, s, half);  // the first: whoever finds none of them finds where they go
    Instruments& figures = figures_of(s, half);
    each_of(s, half, [&](auto& slot, auto& seat, Entity number) {
      auto* const actor = slot.operator->();
      const SimTime due = parking.park(*actor);
      actor->fields(v);
      v(due);
      add_figures(figures, actor->state(), ~std::uint64_t{0});
      departed_.push_back({s, actor, due});
      slot = nullptr;
      seat = parking.leave(number, node);
    });
  }
  list_shards_here();
  count_actors();
  if (v.is_sound()) return v.take();
  return_departed();
  return chargemill::failure(ErrorKind::environment, "something there cannot be taken along");
}

void Network::return_departed() {
  Parking parking{engine_};
  for (auto one = departed_.begin(); one != departed_.end();) {
    const std::uint32_t s = one->shard;
    Instruments& figures = figures_of(s, departed_half_);
    each_of(s, departed_half_, [&](auto& slot, auto& seat, Entity number) {
      using Actor = std::remove_pointer_t<decltype(slot.operator->())>;
      auto* const actor = static_cast<Actor*>(one->actor);
      parking.take_back(number, *actor);
      slot = actor;
      seat = actor;
      add_figures(figures, actor->state(), 1);
      ++one;
    });
    if (recording_ != nullptr && departed_half_ != Half::fleet) wake_with_journal(s);
    settle_on(engine_.options().node, s, departed_half_);
  }
  for (const Departed& one : departed_) parking.resume(*one.actor, one.due);
  departed_.clear();
  list_shards_here();
  count_actors();
}

// What nobody between nodes says has come from outside, from whoever had an actor's address at hand
// when that came to rest. An inspection goes on where the next shard of this node is.
std::uint64_t Network::forget_departed(const std::function<void(const Order&)>& told) {
  Parking parking{engine_};
  std::uint64_t unheard = 0;
  // Whoever looks at those that rest here, as an inspection that ends now, sees none that is gone.
  auto gone = std::exchange(departed_, {});
  for (auto one = gone.begin(); one != gone.end();) {
    each_of(one->shard, departed_half_, [&](auto& slot, auto& /*seat*/, Entity /*number*/) {
      using Actor = std::remove_pointer_t<decltype(slot.operator->())>;
      auto& actor = static_cast<Actor&>(*one->actor);
      unheard += parking.end(actor, [&](const runtime::Message& m) {
        const auto* const inspect = m.get_if<central::Inspect>();
        const auto order = order_of(actor.state(), m);
        if (inspect != nullptr || order) --unheard;
        if (inspect != nullptr) return pass_on(*inspect);
        if (order) return told(*order);
        if (switchboard_.hands != nullptr) turn_away(*switchboard_.hands, actor.state(), m);
      });
      ++one;
    });
  }
  return unheard;
}

void Network::each_departed(const std::function<void(const central::ShardState&)>& f) const {
  if (departed_half_ == Half::fleet) return;
  std::uint32_t last = Switchboard::kNoShard;
  for (const Departed& one : departed_) {
    if (std::exchange(last, one.shard) == one.shard) continue;
    f(static_cast<const central::ShardActor*>(one.actor)->state());  // the first of its shard
  }
}

void Network::pass_on(central::Inspect inspect) {
  auto next = index_of(inspect.shard);
  do {
    ++next;
  } while (next < topology_.shards.size() && !is_here(next));
  if (inspect.only_this) return inspect.what->abandon(engine_.reached());
  if (next >= topology_.shards.size()) return inspect.what->finish(engine_.reached());
  inspect.shard = ShardId{static_cast<std::uint16_t>(next)};
  inspect.from = 0;
  LeanActor::post(shards_[next], inspect);
}

/// Where fewest shards live, or fleets; on workers that have somebody who keeps their records.
unsigned Network::emptiest_home(Half half) const {
  const std::size_t homes = std::min<std::size_t>(engine_.workers(), topology_.shards.size());
  const auto& home_by_shard = half == Half::fleet ? fleet_homes_ : homes_;
  std::vector<std::size_t> load(homes);
  for (std::uint32_t s = 0; s < topology_.shards.size(); ++s) {
    const bool counts = half == Half::fleet ? is_fleet_here(s) : is_here(s);
    if (counts) ++load[(home_by_shard[s] % engine_.workers()) % homes];
  }
  return static_cast<unsigned>(std::min_element(load.begin(), load.end()) - load.begin());
}

/// As the plan has it, before anything has happened there.
void Network::replace_shard_of(std::uint32_t index, const Scenario& scenario) {
  const auto& seat = topology_.shards[index];
  const unsigned home = homes_[index];
  replace(home, shards_[index], switchboard_.shards[index],
          shard_state(index, scenario, nullptr, engine_.reached()));
  if (recording_ != nullptr) record_shard(index);
  if (memory_ != nullptr)
    (void)shards_[index]->record_into(memory_->sink(home % engine_.workers()));
  replace(home, supervisors_[index], switchboard_.supervisors[index], supervisor::make_state());
  for (std::uint32_t p = seat.first_point; p < seat.first_point + seat.points; ++p) {
    replace(home, points_[p], switchboard_.points[p], point_state(p, nullptr));
    replace(home, monitors_[p], switchboard_.monitors[p], monitor_state(p, seat, nullptr));
  }
  replace(home, directors_[index], switchboard_.directors[index], director_state(index, scenario));
}
void Network::replace_fleet_of(std::uint32_t index, const Scenario& scenario) {
  const unsigned home = fleet_homes_[index];
  replace(home, fleets_[index], switchboard_.fleets[index], fleet_state(index, scenario));
  for (const DriverId id : switchboard_.drivers_of[index]) {
    const auto d = index_of(id);
    replace(home, drivers_[d], switchboard_.drivers[d], driver_state(d));
  }
}

bool Network::arrive(const Scenario& scenario, const std::vector<std::uint32_t>& shards,
                     const std::vector<std::byte>& bytes, Half half) {
  Reader v{bytes.data(), bytes.size()};
  Parking parking{engine_};
  for (const std::uint32_t s : shards) {
    CHARGEMILL_ASSERT(half == Half::fleet ? !is_fleet_here(s) : !is_here(s));
    v.same(s);
    if (!v.is_sound()) return false;
    if (half != Half::fleet) homes_[s] = emptiest_home(Half::shard);
    if (half != Half::shard)
      fleet_homes_[s] = half == Half::both ? homes_[s] : emptiest_home(Half::fleet);
    if (half != Half::fleet) replace_shard_of(s, scenario);
    if (half != Half::shard) replace_fleet_of(s, scenario);
    std::vector<SimTime> due;
    each_of(s, half, [&](auto& slot, auto& /*seat*/, Entity /*number*/) {
      if (v.is_sound()) slot->fields(v);
      v(due.emplace_back());
    });
    if (!v.is_sound()) return false;
    if (half != Half::fleet) {
      shards_[s]->fence(switchboard_.token);
      if (recording_ != nullptr) shards_[s]->begin_round();
    }
    settle_on(engine_.options().node, s, half);  // whoever sees it finds all of them
    Instruments& figures = figures_of(s, half);
    auto at = due.begin();
    each_of(s, half, [&](auto& slot, auto& /*seat*/, Entity /*number*/) {
      add_figures(figures, slot->state(), 1);
      parking.resume(*slot, *at++);
    });
  }
  list_shards_here();
  count_actors();
  return v.is_exhausted();
}

}  // namespace chargemill::network
