// CP-1Hz on chargemill's engine, a lean actor per charge point; see ../README.md.
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "bench/peers/cp_1hz/charge_point.hpp"
#include "bench/peers/cp_1hz/observer.hpp"
#include "runtime/base/assert.hpp"
#include "runtime/engine/engine.hpp"

namespace chargemill::bench {
namespace {

using runtime::LeanActor;
using runtime::Message;

struct Begin {};

class Central;
class Point;

/// What all actors of a run share; outlives the engine.
struct Run {
  explicit Run(const Plan& what) : plan(what) {
    for (std::uint32_t c = 0; c < plan.centrals; ++c) books.emplace_back(c, plan);
  }

  const Plan plan;
  std::vector<CentralBook> books;
  std::vector<Central*> centrals;
  std::vector<Point*> points;
  Ledger ledger;
};

class Point final : public LeanActor {
 public:
  Point(caf::actor_config& cfg, std::uint32_t id, Run* run, runtime::Address central)
      : LeanActor(cfg), run_(run), central_(central), core_(id, run->plan) {}

 private:
  void on_message(const Message& m) override {
    if (const auto* reply = m.get_if<Reply>()) {
      const bool in_order = core_.acknowledge(*reply, since_start_ns());
      CHARGEMILL_ASSERT(in_order);
      return report_if_over();
    }
    if (m.get_if<Begin>() == nullptr) return drop(m);
    wake_for_tick();
  }
  void on_wake() override {
    if (const auto status = core_.tick(since_start_ns())) send(central_, *status);
    if (core_.has_tick()) return wake_for_tick();
    report_if_over();
  }

  void wake_for_tick() { wake_at(SimTime{Nanos{core_.due_ns()}}); }
  /// Of the wall, not of the model: lateness is what is asked for.
  [[nodiscard]] std::int64_t since_start_ns() const { return time_since(SimTime{}).count(); }
  void report_if_over() {
    if (core_.is_over()) run_->ledger.add(core_.tally());
  }

  Run* const run_;
  const runtime::Address central_;
  ChargePoint core_;
};

class Central final : public LeanActor {
 public:
  Central(caf::actor_config& cfg, CentralBook* book, const Run* run)
      : LeanActor(cfg), book_(book), run_(run) {}

 private:
  void on_message(const Message& m) override {
    if (const auto* status = m.get_if<Status>())
      return send(run_->points[status->cp], book_->record(*status));
    if (const auto* total = m.get_if<ShardTotal>()) return book_->learn(*total);
    if (m.get_if<Begin>() == nullptr) return drop(m);
    if (run_->plan.centrals > 1) wake_at(now() + kMergeInterval);
  }
  void on_wake() override {
    for (Central* other : run_->centrals) {
      if (other != this) send(other, book_->own_total());
    }
    wake_at(now() + kMergeInterval);
  }

  CentralBook* const book_;
  const Run* const run_;
};

/// Charge points live on all workers in turn: with a central a worker each beside its central.
void spawn(Run& run, runtime::Coordinator& engine) {
  for (std::uint32_t c = 0; c < run.plan.centrals; ++c)
    run.centrals.push_back(engine.spawn<Central>(c, &run.books[c], &run));
  for (std::uint32_t id = 0; id < run.plan.entities; ++id) {
    Central* const central = run.centrals[run.plan.central(id)];
    run.points.push_back(engine.spawn<Point>(id, id, &run, central));
  }
  for (Central* central : run.centrals) LeanActor::post(central, Begin{});
  for (Point* point : run.points) LeanActor::post(point, Begin{});
}

void run_plan(const Plan& plan) {
  Run run{plan};
  const Wall before = std::chrono::steady_clock::now();
  runtime::Engine engine{{}};
  runtime::Coordinator& coordinator = engine.coordinator();
  spawn(run, coordinator);
  const bool ready = coordinator.freeze(std::chrono::minutes{1});  // all have armed their timers
  CHARGEMILL_ASSERT(ready);
  coordinator.thaw();
  const std::chrono::duration<double> spawning = std::chrono::steady_clock::now() - before;
  coordinator.start_clock();
  observe(plan, coordinator.model_clock().wall_of(SimTime{}), spawning, run.ledger, run.books);
}

}  // namespace
}  // namespace chargemill::bench

int main(int argc, char** argv) {
  chargemill::bench::Plan plan;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string_view name = argv[i];
    const auto value = static_cast<std::uint32_t>(std::strtoul(argv[i + 1], nullptr, 10));
    if (name == "--entities") plan.entities = value;
    if (name == "--centrals") plan.centrals = value;
    if (name == "--warm-up") plan.warm_up = value;
    if (name == "--seconds") plan.seconds = value;
  }
  if (plan.entities == 0 || plan.centrals == 0 || plan.seconds == 0) {
    std::fputs("usage: --entities N --centrals S --warm-up SECONDS --seconds SECONDS\n", stderr);
    return 2;
  }
  chargemill::bench::run_plan(plan);
  return 0;
}
