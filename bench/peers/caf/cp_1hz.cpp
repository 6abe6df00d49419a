// CP-1Hz on stock CAF, an event_based_actor per charge point; see ../README.md.
#include <caf/all.hpp>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "bench/peers/cp_1hz/charge_point.hpp"
#include "bench/peers/cp_1hz/observer.hpp"

// None leaves the process.
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chargemill::bench::Status)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chargemill::bench::Reply)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chargemill::bench::ShardTotal)

namespace {

using chargemill::bench::CentralBook;
using chargemill::bench::ChargePoint;
using chargemill::bench::Ledger;
using chargemill::bench::Plan;
using chargemill::bench::Reply;
using chargemill::bench::ShardTotal;
using chargemill::bench::Status;
using chargemill::bench::Wall;
using StartAtom = caf::atom_constant<caf::atom("start")>;
using TickAtom = caf::atom_constant<caf::atom("tick")>;
using MergeAtom = caf::atom_constant<caf::atom("merge")>;

/// What all actors of a run share; outlives the actor system.
struct Run {
  explicit Run(const Plan& what) : plan(what) {
    for (std::uint32_t c = 0; c < plan.centrals; ++c) books.emplace_back(c, plan);
  }

  const Plan plan;
  std::vector<CentralBook> books;
  std::vector<caf::actor> centrals;
  Ledger ledger;
  Wall start;  // written before the first message is sent
};

class Point final : public caf::event_based_actor {
 public:
  Point(caf::actor_config& cfg, std::uint32_t id, Run* run)
      : event_based_actor(cfg), run_(run), core_(id, run->plan) {}

  caf::behavior make_behavior() override {
    return {
        [this](StartAtom) { await_tick(); },
        [this](TickAtom) { tick(); },
    };
  }

 private:
  void tick() {
    if (const auto status = core_.tick(since_start().count())) {
      const caf::actor& central = run_->centrals[run_->plan.central(status->cp)];
      request(central, caf::infinite, *status).then([this](const Reply& reply) {
        if (!core_.acknowledge(reply, since_start().count())) std::abort();
        report_if_over();
      });
    }
    if (core_.has_tick()) return await_tick();
    report_if_over();
  }
  void await_tick() {
    delayed_send(this, std::chrono::nanoseconds{core_.due_ns()} - since_start(), TickAtom::value);
  }
  [[nodiscard]] std::chrono::nanoseconds since_start() const {
    return std::chrono::steady_clock::now() - run_->start;
  }
  void report_if_over() {
    if (core_.is_over()) run_->ledger.add(core_.tally());
  }

  Run* const run_;
  ChargePoint core_;
};

caf::behavior central(caf::event_based_actor* self, CentralBook* book, const Run* run) {
  using chargemill::bench::kMergeInterval;
  return {
      [=](const Status& status) -> Reply { return book->record(status); },
      [=](StartAtom) {
        if (run->plan.centrals > 1) self->delayed_send(self, kMergeInterval, MergeAtom::value);
      },
      [=](MergeAtom) {
        for (const caf::actor& other : run->centrals) {
          if (other != self) self->send(other, book->own_total());
        }
        self->delayed_send(self, kMergeInterval, MergeAtom::value);
      },
      [=](const ShardTotal& total) { book->learn(total); },
  };
}

struct Config : caf::actor_system_config {
  Plan plan;
  Config() {
    opt_group{custom_options_, "global"}
        .add(plan.entities, "entities", "number of charge points")
        .add(plan.centrals, "centrals", "number of centrals")
        .add(plan.warm_up, "warm-up", "seconds that are not measured")
        .add(plan.seconds, "seconds", "seconds that are");
  }
};

void caf_main(caf::actor_system& system, const Config& config) {
  Run run{config.plan};
  const Wall before = std::chrono::steady_clock::now();
  for (CentralBook& book : run.books) run.centrals.push_back(system.spawn(central, &book, &run));
  std::vector<caf::actor> points;
  for (std::uint32_t id = 0; id < run.plan.entities; ++id)
    points.push_back(system.spawn<Point>(id, &run));
  const std::chrono::duration<double> spawning = std::chrono::steady_clock::now() - before;
  // Time for the messages that start all of them.
  run.start = std::chrono::steady_clock::now() + std::chrono::seconds{1} +
              run.plan.entities * std::chrono::microseconds{2};
  for (const caf::actor& one : run.centrals) caf::anon_send(one, StartAtom::value);
  for (const caf::actor& point : points) caf::anon_send(point, StartAtom::value);
  chargemill::bench::observe(run.plan, run.start, spawning, run.ledger, run.books);
  std::_Exit(0);  // stock CAF needs long to end 100,000 actors; that is not measured
}

}  // namespace

CAF_MAIN()
