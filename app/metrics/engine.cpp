// The simulator itself: its workers, its messages, its time.
#include <algorithm>
#include <limits>

#include "app/metrics/family_makers.hpp"

namespace chargemill::app::metrics {
namespace {

/// The order of ActorKind, then supervisors.
constexpr std::array<const char*, network::kActorKinds> kActors{
    "charge_point", "monitor", "driver", "shard", "central", "fleet", "director", "supervisor"};

/// What is told of each worker.
void add(WorkerFigures& to, const WorkerFigures& from) {
  to.busy += from.busy;
  to.lateness.merge(from.lateness);
}

/// The first ones by number, all others as one.
std::vector<std::pair<std::string, WorkerFigures>> named_workers(const Sources& s) {
  std::vector<std::pair<std::string, WorkerFigures>> named;
  for (std::size_t w = 0; w < s.workers.size(); ++w) {
    if (w <= kWorkersNamed)
      named.emplace_back(w < kWorkersNamed ? std::to_string(w) : kOther, WorkerFigures{});
    add(named.back().second, s.workers[w]);
  }
  return named;
}

/// The first ones by name, all others as one; a node that is alone is all there is.
std::vector<NodeFigures> named_nodes(const Sources& s) {
  const auto& t = s.snapshot.totals;
  if (s.nodes.empty())
    return {{s.facts.node, t.messages_delivered, t.messages_shed, s.snapshot.sim}};
  std::vector<NodeFigures> named;
  for (const auto& node : s.nodes) {
    if (named.size() <= kNodesNamed) {
      named.push_back(node);
      if (named.size() > kNodesNamed) named.back().name = kOther;
      continue;
    }
    named.back().messages += node.messages;
    named.back().shed += node.shed;
    named.back().sim = std::min(named.back().sim, node.sim);
  }
  return named;
}

/// What all workers come to. Their names would bring nothing: nobody asks which of them it was.
void add_work(Families& out, const Sources& s) {
  std::uint64_t activations = 0;
  std::uint64_t timers = 0;
  std::uint64_t failures = 0;
  for (const auto& worker : s.workers) {
    activations += worker.activations;
    timers += worker.timers;
    failures += worker.failures;
  }
  counter(out, "chargemill_activations_total", "Times that a worker ran an actor.")
      .add(number(activations));
  counter(out, "chargemill_timers_total", "Timers that fired.").add(number(timers));
  counter(out, "chargemill_handler_failures_total", "Handlers that threw.").add(number(failures));
}

void add_workers(Families& out, const Sources& s) {
  const auto workers = named_workers(s);
  const auto each = [&](runtime::MetricFamily& family, auto value) {
    for (const auto& [name, figures] : workers) family.add(value(figures), {{kWorker, name}});
  };
  each(counter(out, "chargemill_worker_busy_seconds_total", "Wall time that a worker was awake."),
       [](const WorkerFigures& w) { return seconds(w.busy); });
  each(histogram(out, "chargemill_tick_lateness_seconds",
                 "Of timers: handled minus intended, wall time."),
       [&](const WorkerFigures& w) { return classic(w.lateness, s.facts.edges.tick_lateness); });
}

void add_mailboxes(Families& out, const Sources& s) {
  auto& waiting = gauge(out, "chargemill_mailbox_messages",
                        "Messages that wait in mailboxes, by the kind of their actors; in virtual "
                        "time those of the latest window.");
  for (std::size_t k = 0; k < network::kActorKinds; ++k)
    waiting.add(number(s.mailboxes[k].waiting), {{kKind, kActors[k]}});
  auto& most = gauge(out, "chargemill_mailbox_max_messages",
                     "The most that ever waited there; of several workers the sum.");
  for (std::size_t k = 0; k < network::kActorKinds; ++k)
    most.add(number(s.mailboxes[k].waiting_max), {{kKind, kActors[k]}});
}

}  // namespace

void add_engine(Families& out, const Sources& s) {
  const runtime::MetricLabels node{{kNode, s.facts.node}};
  const auto nodes = named_nodes(s);
  auto& messages = counter(out, "chargemill_messages_total", "Messages that actors received.");
  for (const auto& one : nodes) messages.add(number(one.messages), {{kNode, one.name}});
  auto& shed =
      counter(out, "chargemill_messages_shed_total", "Messages to actors that are not there.");
  for (const auto& one : nodes) shed.add(number(one.shed), {{kNode, one.name}});
  auto& time = gauge(out, "chargemill_sim_time_seconds", "Model time since the start of the run.");
  for (const auto& one : nodes) time.add(seconds(one.sim.time_since_epoch()), {{kNode, one.name}});
  gauge(out, "chargemill_speed_ratio", "Model seconds that lately passed in a wall second.")
      .add(s.speed_ratio, node);
  gauge(out, "chargemill_speed_target_ratio",
        "Model seconds that should pass in a wall second; +Inf: as many as go.")
      .add(s.facts.speed.value_or(std::numeric_limits<double>::infinity()), node);
  auto& actors = gauge(out, "chargemill_actors", "Actors, by kind.");
  for (std::size_t k = 0; k < network::kActorKinds; ++k)
    actors.add(number(s.detail.actors[k]), {{kKind, kActors[k]}});
  add_work(out, s);
  add_mailboxes(out, s);
  add_workers(out, s);
}

}  // namespace chargemill::app::metrics
