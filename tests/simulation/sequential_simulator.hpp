// A network in virtual time once more, written as plainly as can be: one queue, one thread, the
// same cores, initial states and places, and nothing of the engine. What the engine does must come
// to the same digest.
#pragma once

#include <queue>
#include <stdexcept>
#include <tuple>
#include <variant>
#include <vector>

#include "actors/network/network.hpp"
#include "runtime/base/overloaded.hpp"
#include "tests/support/still_engine.hpp"

namespace chargemill::test {

/// The rules (runtime/engine/README.md): a message takes the latency; at one receiver messages come
/// by time, then by the sender's place in the order of spawning, then by the order of sending; a
/// timer comes after the messages of its time; what is posted from outside comes at once.
class SequentialSimulator {
 public:
  explicit SequentialSimulator(const network::Scenario& scenario)
      : end_(scenario.run.duration),
        latency_(scenario.network.control_latency),
        network_(scenario, still_.engine),
        board_(network_.switchboard()) {
    copy_initial_states();
    for (auto& director : directors_) handle(director, director::Event{PowerOn{}});
    for (auto& driver : drivers_) handle(driver, driver::Event{PowerOn{}});
    for (auto& fleet : fleets_) handle(fleet, fleet::Event{PowerOn{}});
  }

  /// To the end, then until no message is under way.
  void run() {
    run_until(end_);
    drain();
  }
  /// Handles all that is due at or before `time`, which is not after the end.
  void run_until(SimTime time) {
    while (!queue_.empty() && queue_.top().time <= time) take(true);
  }
  /// What is under way arrives; no timer goes off any more.
  void drain() {
    while (!queue_.empty()) take(false);
  }
  /// In the order of Network::entity_digests().
  [[nodiscard]] std::vector<network::EntityDigest> entities() const {
    using network::EntityKind;
    std::vector<network::EntityDigest> result;
    const auto add = [&](EntityKind kind, const auto& actors) {
      for (std::uint32_t i = 0; i < actors.size(); ++i)
        result.push_back({kind, i, network::digest_of(actors[i].state, i)});
    };
    add(EntityKind::point, points_);
    add(EntityKind::monitor, monitors_);
    add(EntityKind::driver, drivers_);
    add(EntityKind::shard, shards_);
    add(EntityKind::fleet, fleets_);
    add(EntityKind::director, directors_);
    add(EntityKind::supervisor, supervisors_);
    result.push_back({EntityKind::central, 0, network::digest_of(central_.state, 0)});
    return result;
  }
  [[nodiscard]] Digest digest() const { return network::sum_of(entities()); }
  [[nodiscard]] SimTime end() const noexcept { return end_; }

 private:
  template <class S, class E>
  struct Actor {
    using Event = E;
    S state;
    std::uint32_t number = 0;  // in the order of spawning
    SimTime wake = kNever;     // when the one timer goes off
  };
  using Point = Actor<charge_point::State, charge_point::Event>;
  using Monitor = Actor<monitor::State, monitor::Event>;
  using Driver = Actor<driver::State, driver::Event>;
  using Shard = Actor<central::ShardState, central::ShardEvent>;
  using Central = Actor<central::CentralState, central::CentralEvent>;
  using Fleet = Actor<fleet::State, fleet::Event>;
  using Director = Actor<director::State, director::Event>;
  using Supervisor = Actor<supervisor::State, supervisor::Event>;

  template <class A>
  struct Mail {
    A* to;
    typename A::Event event;
  };
  template <class A>
  struct Alarm {
    A* to;
  };
  using What = std::variant<Mail<Point>, Mail<Monitor>, Mail<Driver>, Mail<Shard>, Mail<Central>,
                            Mail<Fleet>, Mail<Director>, Mail<Supervisor>, Alarm<Point>,
                            Alarm<Monitor>, Alarm<Driver>, Alarm<Shard>, Alarm<Central>,
                            Alarm<Fleet>, Alarm<Director>, Alarm<Supervisor>>;
  struct Entry {
    SimTime time;
    bool is_alarm;
    std::uint32_t sender;
    std::uint64_t sequence;
    What what;
    friend bool operator<(const Entry& a, const Entry& b) {  // the queue's top is the greatest
      return std::tie(b.time, b.is_alarm, b.sender, b.sequence) <
             std::tie(a.time, a.is_alarm, a.sender, a.sequence);
    }
  };

  void copy_initial_states() {
    const auto shards = static_cast<std::uint16_t>(board_.shards.size());
    std::uint32_t number = 0;
    central_ = {network_.central().state(), ++number};
    points_.reserve(board_.points.size());
    monitors_.reserve(board_.points.size());
    for (std::uint16_t s = 0; s < shards; ++s) {
      const ShardId id{s};
      shards_.push_back({network_.shard(id).state(), ++number});
      supervisors_.push_back({network_.supervisor(id).state(), ++number});
      for (std::uint32_t p = 0; p < board_.points.size(); ++p) {
        if (board_.shard_of[p] != id) continue;
        points_.push_back({network_.point(PointId{p}).state(), ++number});
        monitors_.push_back({network_.monitor(PointId{p}).state(), ++number});
      }
      directors_.push_back({network_.director(id).state(), ++number});
      fleets_.push_back({network_.fleet(id).state(), ++number});
    }
    for (std::uint32_t d = 0; d < board_.drivers.size(); ++d)
      drivers_.push_back({network_.driver(DriverId{d}).state(), ++number});
  }

  void take(bool timers_run) {
    const Entry entry = queue_.top();
    queue_.pop();
    if (entry.is_alarm && !timers_run) return;
    now_ = entry.time;
    std::visit(Overloaded{[this](const auto& what) { open(what); }}, entry.what);
  }
  template <class A>
  void open(const Mail<A>& mail) {
    handle(*mail.to, mail.event);
  }
  template <class A>
  void open(const Alarm<A>& alarm) {
    if (alarm.to->wake != now_) return;  // it was moved
    alarm.to->wake = kNever;
    handle(*alarm.to, typename A::Event{Tick{}});
  }
  /// `M` as one of the events of `to`.
  template <class A, class M>
  void tell(A& to, const M& message) {
    queue_.push(
        {now_ + latency_, false, running_, ++sequence_, Mail<A>{&to, typename A::Event{message}}});
  }
  template <class A>
  void wake(A& actor, SimTime due) {
    actor.wake = due == kNever ? kNever : std::max(due, now_);
    if (due != kNever) queue_.push({actor.wake, true, 0, ++sequence_, Alarm<A>{&actor}});
  }

  /// The effects of one event; an actor whose program crashes is told to its supervisor.
  template <class A>
  void handle(A& actor, const typename A::Event& event) {
    running_ = actor.number;
    try {
      if constexpr (std::is_same_v<A, Shard> || std::is_same_v<A, Central>) {
        std::conditional_t<std::is_same_v<A, Shard>, central::ShardEffects, central::CentralEffects>
            effects;
        step(actor.state, event, now_, effects);
        for (const auto& effect : effects) perform(actor, effect);
      } else {
        const auto effects = step(actor.state, event, now_);
        for (const auto& effect : effects) perform(actor, effect);
      }
      wake(actor, due(actor.state));
    } catch (const std::runtime_error&) {
      failed(actor);
    }
  }
  template <class A>
  void failed(A&) {
    throw std::logic_error("nobody restarts this one");
  }
  void failed(Point& p) {
    crashed(p.state, now_);
    child_failed(board_.shard_of[index_of(p.state.id)], index_of(p.state.id),
                 ActorKind::charge_point);
    wake(p, due(p.state));
  }
  void failed(Monitor& m) {
    crashed(m.state, now_);
    child_failed(board_.shard_of[index_of(m.state.id)], index_of(m.state.id), ActorKind::monitor);
    wake(m, due(m.state));
  }
  void failed(Driver& d) {  // its timer stays as it was
    child_failed(board_.fleet_of[index_of(d.state.id)], index_of(d.state.id), ActorKind::driver);
  }
  void child_failed(ShardId shard, std::uint32_t index, ActorKind kind) {
    tell(supervisors_[index_of(shard)], ChildFailed{now_, index, kind});
  }

  Shard& owner(PointId point) { return shards_[index_of(board_.shard_of[index_of(point)])]; }
  [[nodiscard]] bool has_owner(PointId point) const {
    return index_of(point) < board_.shard_of.size();
  }
  template <class M>
  void tell_owner(PointId point, const M& message) {
    if (has_owner(point)) return tell(owner(point), message);
    if constexpr (std::is_constructible_v<central::CentralEvent, M>) tell(central_, message);
  }

  void perform(Point& p, const charge_point::Effect& effect) {
    auto& monitor = monitors_[index_of(p.state.id)];
    std::visit(
        Overloaded{[&](const Pong& e) { tell(monitor, e); },
                   [&](const PingRefused& e) { tell(monitor, e); },
                   [](const charge_point::Note&) {}, [](const charge_point::SessionTotals&) {},
                   [](const charge_point::Throw&) { throw std::runtime_error("crash"); },
                   [&](const auto& e) { tell(owner(p.state.id), e); }},
        effect);
  }
  void perform(Monitor& m, const monitor::Effect& effect) {
    std::visit(Overloaded{[&](const Ping& e) { tell(points_[index_of(m.state.id)], e); },
                          [](const monitor::Note&) {},
                          [](const monitor::Throw&) { throw std::runtime_error("crash"); },
                          [&](const auto& e) { tell(owner(m.state.id), e); }},
               effect);
  }
  void perform(Driver& d, const driver::Effect& effect) {
    std::visit(
        Overloaded{
            [&](const ChargeRequest& e) { tell_owner(e.point, e); },
            [&](const AskRequest& e) { tell_owner(e.point, e); },
            [&](const CancelRequest& e) { tell(owner(e.point), e); },
            [&](const TicketAck& e) { tell(shards_[index_of(central::shard_of(e.session))], e); },
            [&](const ZoneRequest& e) { tell(central_, e); },
            [&](const DriverReturned& e) { tell(central_, e); },
            [&](const PointSearch& e) { tell(central_, e); },
            [&](const DriverIdle& e) {
              tell(fleets_[index_of(board_.fleet_of[index_of(d.state.id)])], e);
            },
            [](const driver::Throw&) { throw std::runtime_error("crash"); }, [](const auto&) {}},
        effect);
  }
  template <class M>
  void to_driver(const M& e) {
    if (index_of(e.driver) < drivers_.size()) tell(drivers_[index_of(e.driver)], e);
  }
  void perform(Shard&, const central::ShardEffect& effect) {
    std::visit(
        Overloaded{
            [&](const central::ToPoint& e) {
              if (!has_owner(e.point)) return;
              std::visit([&](const auto& m) { tell(points_[index_of(e.point)], m); }, e.message);
            },
            [&](const central::ToMonitor& e) {
              if (!has_owner(e.point)) return;
              std::visit([&](const auto& m) { tell(monitors_[index_of(e.point)], m); }, e.message);
            },
            [&](const DriverUpdate& e) { to_driver(e); }, [&](const Ticket& e) { to_driver(e); },
            [&](const TicketSettled& e) { to_driver(e); },
            [&](const PointList& e) { to_driver(e); },
            [&](const PointSearch& e) { tell_owner(e.next, e); },
            [&](const FreeCount& e) { tell(central_, e); },
            [&](const ZoneMiss& e) { tell(central_, e); }, [](const auto&) {}},
        effect);
  }
  void perform(Central&, const central::CentralEffect& effect) {
    std::visit(
        Overloaded{[&](const central::ToShard& e) { tell(shards_[index_of(e.shard)], e.message); },
                   [&](const central::ToShards& e) {
                     for (auto& shard : shards_)
                       std::visit([&](const auto& m) { tell(shard, m); }, e.message);
                   },
                   [&](const central::ToOwner& e) {
                     if (has_owner(e.message.point)) tell(owner(e.message.point), e.message);
                   },
                   [&](const PointSearch& e) { tell(owner(e.next), e); },
                   [&](const PointList& e) { to_driver(e); },
                   [&](const DriverUpdate& e) { to_driver(e); }},
        effect);
  }
  void perform(Fleet&, const fleet::Effect& effect) {
    const auto& dispatch = std::get<fleet::Dispatch>(effect);
    tell(drivers_[index_of(dispatch.driver)], dispatch.trip);
  }
  void perform(Director& d, const director::Effect& effect) {
    const auto shard = d.state.settings.shard;
    const auto to_drivers = [&](const auto& e) {
      for (const auto id : board_.drivers_of[shard]) tell(drivers_[index_of(id)], e);
    };
    std::visit(
        Overloaded{
            [&](const director::ToPoint& e) {
              std::visit([&](const auto& m) { tell(points_[index_of(e.point)], m); }, e.message);
            },
            [&](const director::ToMonitor& e) {
              std::visit([&](const auto& m) { tell(monitors_[index_of(e.point)], m); }, e.message);
            },
            [&](const director::ToShard& e) {
              std::visit([&](const auto& m) { tell(shards_[shard], m); }, e.message);
              if (std::holds_alternative<CentralDown>(e.message)) to_drivers(LinkDown{});
              if (std::holds_alternative<CentralUp>(e.message)) to_drivers(LinkUp{});
            },
            [&](const director::ToCentral& e) { tell(central_, e.message); },
            [&](const director::KeepCrashed& e) {
              tell(supervisors_[shard],
                   supervisor::KeepDown{e.until, index_of(e.point), ActorKind::charge_point});
            },
            [&](const director::ToDrivers& e) { to_drivers(e.message); },
            [&](const director::ToDriver& e) {
              std::visit([&](const auto& m) { tell(drivers_[index_of(e.driver)], m); }, e.message);
            }},
        effect);
  }
  void perform(Supervisor&, const supervisor::Effect& effect) {
    const auto* const child = std::get_if<supervisor::RestartChild>(&effect);
    if (child == nullptr) return;
    if (child->kind == ActorKind::charge_point) tell(points_[child->index], Restart{});
    if (child->kind == ActorKind::monitor) tell(monitors_[child->index], Restart{});
    if (child->kind == ActorKind::driver) tell(drivers_[child->index], Restart{});
  }

  const SimTime end_;
  const Nanos latency_;
  StillEngine still_;
  network::Network network_;  // never started: only its initial states and who is where
  const Switchboard& board_;
  Central central_;
  std::vector<Shard> shards_;
  std::vector<Supervisor> supervisors_;
  std::vector<Point> points_;
  std::vector<Monitor> monitors_;
  std::vector<Director> directors_;
  std::vector<Fleet> fleets_;
  std::vector<Driver> drivers_;
  std::priority_queue<Entry> queue_;
  SimTime now_{};
  std::uint32_t running_ = 0;
  std::uint64_t sequence_ = 0;
};

}  // namespace chargemill::test
