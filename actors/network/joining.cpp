// Those who join a network while it runs, and those who are outside.
#include <algorithm>

#include "actors/network/exact_count.hpp"
#include "actors/network/here.hpp"
#include "actors/network/left_sessions.hpp"
#include "actors/network/network.hpp"
#include "runtime/base/assert.hpp"

namespace chargemill::network {

using runtime::LeanActor;

void Network::keep_places_free() {
  const auto points = static_cast<std::uint32_t>(topology_.points.size());
  const auto drivers = static_cast<std::uint32_t>(topology_.drivers.size());
  const ShardId last{static_cast<std::uint16_t>(topology_.shards.size() - 1)};
  switchboard_.first_late_point = points;
  switchboard_.first_late_driver = drivers;
  switchboard_.points.resize(points + annex_.point_places(), nullptr);
  switchboard_.monitors.resize(points + annex_.point_places(), nullptr);
  switchboard_.shard_of.resize(points + annex_.point_places(), last);
  switchboard_.drivers.resize(drivers + annex_.driver_places(), nullptr);
  switchboard_.fleet_of.resize(drivers + annex_.driver_places(), last);
}

namespace {

/// `image`: what an earlier run has left; null: nothing.
outside::State outside_state(PointId id, const archive::Image* image) {
  auto state = outside::make_state(id);
  if (image == nullptr) return state;
  const auto left = left_sessions(id, *image, outside::Accounts::kKept);
  if (left.empty()) return state;
  // The earlier run has counted what it was told: this one's sums begin below zero by as much, in
  // the place that is settled when the first of them opens.
  auto& counted = state.accounts.all().front();
  for (const LeftSession& one : left) counted.told.mj -= one.delivered.mj;
  counted.booked = counted.told;
  for (const LeftSession& one : left) {
    auto& account = state.accounts.open(one.session, one.driver);
    account.told = account.booked = one.delivered;
    account.cost = one.cost;
  }
  CHARGEMILL_ASSERT(state.accounts.told() == Energy{});
  return state;
}

void note(TakenBack::Group& group, const std::string& name, std::string why) {
  if (group.count++ > 0) return;
  group.first = name;
  const auto is_control = [](unsigned char c) { return c < 0x20 || c == 0x7F; };
  std::replace_if(group.first.begin(), group.first.end(), is_control, '?');  // people read it
  group.why = std::move(why);
}

/// By its name, or else by a generated one: its place and all that is known of it stay its own.
template <class Joined, class Add>
void take_one_back(TakenBack& all, Joined joined, Add add) {
  const std::string name = joined.id;
  const auto added = add(joined);
  if (added) return;
  joined.id.clear();
  note(add(joined) ? all.renamed : all.left, name, added.error().text);
}

constexpr const char* kOutOfTurn = "the place before it is free";

}  // namespace

/// Whoever had joined the run before gets name and id again (D-084).
void Network::take_back(const archive::Image& image) {
  const auto is_next = [](auto id, std::size_t first, std::uint32_t joined) {
    return index_of(id) == first + joined;
  };
  for (const auto& [id, known] : image.joined_points) {
    if (!is_next(id, topology_.points.size(), annex_.points())) {
      note(taken_back_.left, known.name, kOutOfTurn);
      continue;
    }
    PointSpec spec;
    spec.id = known.name;
    // Whoever lists no points may have changed how many zones there are.
    if (index_of(known.what.zone) < topology_.zones) spec.zone = known.what.zone;
    spec.price = known.what.price;
    spec.power = known.what.power;
    spec.is_outside = known.what.is_outside;
    take_one_back(taken_back_, std::move(spec), [this](const PointSpec& one) {
      return annex_.add_point(one, [](PointId, const PointSpec&) {});
    });
  }
  for (const auto& [id, known] : image.joined_drivers) {
    if (!is_next(id, topology_.drivers.size(), annex_.drivers())) {
      note(taken_back_.left, known.name, kOutOfTurn);
      continue;
    }
    take_one_back(taken_back_, NewDriver{known.name, {}, known.what.is_outside},
                  [this](const NewDriver& one) {
                    return annex_.add_driver(one, [](DriverId, const NewDriver&) {});
                  });
  }
}

central::OwnedPoint Network::late_point(std::uint32_t number) const {
  const PointId id{static_cast<std::uint32_t>(topology_.points.size()) + number};
  const PointSpec& spec = *annex_.point(id);
  return {id, spec.zone, spec.price, spec.power};
}

/// Those whom take_back() has named, as the image knows them.
void Network::seat_again(const archive::Image& image) {
  for (std::uint32_t late = 0; late < annex_.points(); ++late) {
    const PointId id = late_point(late).id;
    spawn_late(id, *annex_.point(id), &image);
  }
  for (std::uint32_t late = 0; late < annex_.drivers(); ++late) {
    const DriverId id{switchboard_.first_late_driver + late};
    spawn_late(id, {*annex_.driver(id), {}, image.joined_drivers.at(id).what.is_outside});
  }
}

/// Central welcomes them like anybody who joins, so that they are recorded as of this run.
void Network::welcome_again() {
  for (std::uint32_t late = 0; late < taken_back_points_; ++late) {
    const auto point = late_point(late);
    LeanActor::post(shards_.back(), central::ShardEvent{central::Joined{
                                        point, annex_.point(point.id)->is_outside}});
  }
  const std::lock_guard lock{late_mutex_};
  for (std::uint32_t late = 0; late < taken_back_drivers_; ++late) {
    const DriverId id{switchboard_.first_late_driver + late};
    LeanActor::post(shards_.back(),
                    central::ShardEvent{central::DriverJoined{id, late_guests_[late]}});
    LeanActor::post(late_drivers_[late], driver::Event{PowerOn{}});
  }
}

void Network::spawn_outside(std::uint32_t shard, PointId id, const archive::Image* image) {
  auto state = outside_state(id, image);
  outside_points_.resize(topology_.points.size(), nullptr);
  outside_points_[index_of(id)] =
      engine_.spawn<outside::PointActor>(shard, std::move(state), switchboard_);
  switchboard_.outside_of[shard].push_back(id);
  points_.emplace_back(nullptr);
  monitors_.emplace_back(nullptr);
  switchboard_.points.emplace_back(outside_points_[index_of(id)]);
  switchboard_.monitors.emplace_back(nullptr);
}

namespace {

constexpr const char* kNobodyJoins = "nobody joins a network on several nodes while it runs";

}  // namespace

Result<PointId> Network::join(const PointSpec& spec) {
  if (engine_.options().nodes > 1) return chargemill::failure(ErrorKind::usage, kNobodyJoins);
  return annex_.add_point(spec, [this](PointId id, const PointSpec& known) { seat(id, known); });
}

Result<DriverId> Network::join(const NewDriver& driver) {
  if (engine_.options().nodes > 1) return chargemill::failure(ErrorKind::usage, kNobodyJoins);
  return annex_.add_driver(driver,
                           [this](DriverId id, const NewDriver& known) { seat(id, known); });
}

// The place is filled before anybody hears of who has it: the shard's own messages come after.
void Network::seat(PointId id, const PointSpec& spec) {
  spawn_late(id, spec, nullptr);
  LeanActor::post(shards_.back(), central::ShardEvent{central::Joined{
                                      {id, spec.zone, spec.price, spec.power}, spec.is_outside}});
}

void Network::spawn_late(PointId id, const PointSpec& spec, const archive::Image* image) {
  const auto last = static_cast<std::uint32_t>(topology_.shards.size() - 1);
  const std::uint32_t at = index_of(id);
  LatePoint late;
  if (spec.is_outside) {
    late.outside = engine_.spawn<outside::PointActor>(last, outside_state(id, image), switchboard_);
    switchboard_.points[at] = late.outside;
  } else {
    auto engine =
        charge_point::make_state(id, spec.power, spec.price, point_settings_, spec.manual_plug);
    if (image != nullptr) leave_interrupted(engine.meter, id, *image);
    late.point =
        engine_.spawn<charge_point::ChargePointActor>(last, std::move(engine), switchboard_);
    const std::uint32_t number = at - switchboard_.first_late_point;
    constexpr std::uint32_t kPhases = 64;  // of their checks
    auto monitor = monitor::make_state(id, spec.price, health_interval_,
                                       health_interval_ * (number % kPhases) / kPhases);
    monitor.unhealthy = image != nullptr && image->points[at].is_faulty;
    late.monitor = engine_.spawn<monitor::MonitorActor>(last, std::move(monitor), switchboard_);
    switchboard_.points[at] = late.point;
    switchboard_.monitors[at] = late.monitor;
  }
  {
    const std::lock_guard lock{late_mutex_};
    late_points_.push_back(late);
  }
  // release: its place is filled; pairs with acquire in DirectorActor::to_latecomers().
  switchboard_.late_points.store(at - switchboard_.first_late_point + 1, std::memory_order_release);
}

void Network::seat(DriverId id, const NewDriver& known) {
  auto* const actor = spawn_late(id, known);
  LeanActor::post(shards_.back(), central::ShardEvent{central::DriverJoined{id, known.is_outside}});
  LeanActor::post(actor, driver::Event{PowerOn{}});
}

driver::DriverActor* Network::spawn_late(DriverId id, const NewDriver& known) {
  const auto last = static_cast<std::uint32_t>(topology_.shards.size() - 1);
  const std::uint32_t at = index_of(id);
  driver::DriverActor* actor = nullptr;
  {
    const std::lock_guard lock{late_mutex_};
    driver::Plan& plan = late_plans_.emplace_back();
    plan.lines = known.lines;
    plan.pause = driver_pause_;
    plan.timeout = known.is_outside ? kGuestsPatience : driver_timeout_;
    auto state =
        driver::make_state(id, known.is_outside ? driver::Mode::guest : driver::Mode::list, plan);
    state.requests_made = requests_made_;
    actor = engine_.spawn<driver::DriverActor>(last, state, switchboard_);
    late_drivers_.push_back(actor);
    late_guests_.push_back(known.is_outside);
  }
  switchboard_.drivers[at] = actor;
  // release: likewise.
  switchboard_.late_drivers.store(at - switchboard_.first_late_driver + 1,
                                  std::memory_order_release);
  return actor;
}

outside::PointActor* Network::outside_point(PointId id) const {
  if (index_of(id) < points_.size())
    return outside_points_.empty() ? nullptr : outside_points_[index_of(id)];
  const std::lock_guard lock{late_mutex_};
  const std::size_t at = index_of(id) - points_.size();
  return at < late_points_.size() ? late_points_[at].outside : nullptr;
}

charge_point::ChargePointActor* Network::inside_point(PointId id) const {
  if (index_of(id) < points_.size()) return points_[index_of(id)];
  const std::lock_guard lock{late_mutex_};
  const std::size_t at = index_of(id) - points_.size();
  return at < late_points_.size() ? late_points_[at].point : nullptr;
}

driver::DriverActor* Network::any_driver(DriverId id) const {
  if (index_of(id) < drivers_.size()) return drivers_[index_of(id)];
  const std::lock_guard lock{late_mutex_};
  const std::size_t at = index_of(id) - drivers_.size();
  return at < late_drivers_.size() ? late_drivers_[at] : nullptr;
}

bool Network::is_guest(DriverId id) const {
  if (index_of(id) < drivers_.size())
    return topology_.drivers[index_of(id)].mode == driver::Mode::guest;
  const std::lock_guard lock{late_mutex_};
  const std::size_t at = index_of(id) - drivers_.size();
  return at < late_guests_.size() && late_guests_[at];
}

void Network::count_points(Totals& totals, SimTime now) const {
  for (std::size_t i = 0; i < points_.size(); ++i) {
    if (points_[i] == nullptr) continue;
    const auto owner = index_of(switchboard_.shard_of[i]);
    if (stand_ins_.empty()) {
      add(totals, points_[i]->state(), shards_[owner]->state(), now);
    } else {
      add(totals, points_[i]->state(), stand_ins_[owner]->state(), now);
    }
  }
  for (const auto* point : outside_points_) {
    if (point != nullptr) add(totals, point->state());
  }
  const std::lock_guard lock{late_mutex_};
  for (const LatePoint& late : late_points_) {
    if (late.point != nullptr) add(totals, late.point->state(), shards_.back()->state(), now);
    if (late.outside != nullptr) add(totals, late.outside->state());
  }
}

void Network::count_drivers(Totals& totals) const {
  each_here(drivers_, [&](const auto* driver) { add(totals, driver->state()); });
  const std::lock_guard lock{late_mutex_};
  for (const auto* driver : late_drivers_) add(totals, driver->state());
}

/// Actors of those who have joined.
std::uint64_t Network::latecomers() const {
  const std::lock_guard lock{late_mutex_};
  std::uint64_t count = late_drivers_.size();
  for (const LatePoint& late : late_points_) count += late.outside != nullptr ? 1U : 2U;
  return count;
}

}  // namespace chargemill::network
