#include "app/simulation/inherit.hpp"

#include <algorithm>
#include <chrono>
#include <optional>

#include "app/history/journal_set.hpp"
#include "app/history/lives.hpp"
#include "app/nodes/take_over.hpp"
#include "runtime/journal/directory.hpp"

namespace chargemill::app {
namespace {

double seconds_since(runtime::Peers::Clock::time_point begun, const runtime::Peers& exchange) {
  return std::chrono::duration<double>(exchange.now() - begun).count();
}

/// Only what an actor does of itself changes where it is; so all stand, and nothing arrives.
void while_all_stand(Host& host, runtime::Peers& exchange, const std::function<void()>& f) {
  host.engine().hold_still([&] { exchange.hold_arrivals(f); });
}

LivesWanted wanted_of(Host& host, const network::Scenario& scenario, const RunJournal& journal,
                      const Legacy& legacy) {
  const auto& topology = host.topology();
  LivesWanted wanted;
  wanted.first = journal.recording ? journal.first : std::filesystem::path{};
  wanted.former = legacy.former;
  wanted.run = journal.image ? journal.image->run.run + 1 : 1;
  for (unsigned node = 0; node < host.engine().options().nodes; ++node)
    wanted.networks.push_back(
        network::fingerprint(topology, host.network().nodes(), node, scenario.run.roles));
  wanted.origin = archive::Origin{scenario.run.start_unix_s};
  wanted.shards.resize(topology.shards.size());
  for (const std::uint32_t shard : legacy.shards) wanted.shards[shard] = true;
  wanted.shard_of = network::shards_by_point(topology);
  return wanted;
}

/// Model time of the last record: until then its writer lived.
SimTime last_seen(const archive::Image& image, const network::Scenario& scenario) {
  const auto since = image.last_time - std::chrono::seconds{scenario.run.start_unix_s};
  return SimTime{std::chrono::duration_cast<Nanos>(since)};
}

/// A shard shows its figures every quarter of a second, and a look is a tenth of one old.
constexpr std::chrono::seconds kLookAge{1};

/// Sessions at those shards that ended after they were seen last, as the journal has it.
void count_ended(const archive::Image& image, const network::Topology& topology,
                 const std::vector<std::uint32_t>& shards, SimTime seen, Adopted& adopted) {
  for (const std::uint32_t shard : shards) {
    const auto& seat = topology.shards[shard];
    for (std::uint32_t p = seat.first_point; p < seat.first_point + seat.points; ++p) {
      for (const auto& end : image.closed[p]) {
        if (end.at <= seen - kLookAge || end.is_stray) continue;
        ++(end.status == SessionStatus::completed ? adopted.completed : adopted.failed);
      }
    }
  }
}

struct Bequest {
  Legacy legacy;
  std::optional<archive::Image> image;
  network::Inheritance inheritance;
};

/// Those who are lost may only sleep: what they write once they wake is nobody's. Why that could
/// not be said of a journal that is there; empty: it was.
std::string disown_lost(Host& host, const network::Scenario& scenario, const RunJournal& journal,
                        const TakeOver& order, unsigned self) {
  std::string trouble;
  if (!journal.recording) return trouble;
  const LivesWanted wanted = wanted_of(host, scenario, journal, Legacy{});
  auto* const frontier = host.engine().options().frontier;
  const auto may = [frontier] { return frontier == nullptr || !frontier->tenure().is_over(); };
  for (unsigned node = 0; node < wanted.networks.size(); ++node) {
    const bool is_there = !runtime::journal::is_gone(journal_of_node(wanted.first, node).string());
    if (!order.has_lost(node) || node == self || !is_there) continue;
    const auto said = disown_life(wanted, static_cast<std::uint8_t>(node), may);
    if (said) continue;
    trouble += trouble.empty() ? "What a lost node writes yet may count twice: " : "; ";
    trouble += said.error().text;
  }
  return trouble;
}

Adopted adopt(Host& host, runtime::Peers& exchange, const network::Scenario& scenario,
              const RunJournal& journal, const TakeOver& order) {
  for (unsigned node = 0; node < exchange.nodes(); ++node) {
    if (order.has_lost(node) && node != exchange.self()) exchange.give_up(node);
  }
  host.hand_over().arrive(scenario, order);
  Adopted adopted;
  const auto begun = exchange.now();
  adopted.trouble = disown_lost(host, scenario, journal, order, exchange.self());
  const auto has = [&](std::uint32_t shard) {
    return host.network().has(ShardId{static_cast<std::uint16_t>(shard)});
  };
  const auto has_fleet = [&](std::uint32_t shard) {
    return host.network().has_fleet(ShardId{static_cast<std::uint16_t>(shard)});
  };
  std::vector<Bequest> bequests;
  for (auto& legacy : legacies_of(order, exchange.self(), has, has_fleet)) {
    Bequest& one = bequests.emplace_back();
    one.legacy = std::move(legacy);
    if (one.legacy.half == Half::fleet) continue;  // no journal says anything of it
    auto image = read_lives(wanted_of(host, scenario, journal, one.legacy));
    if (image) one.image = std::move(*image);
    if (!image)
      adopted.trouble += (adopted.trouble.empty() ? "What was open there is not known: "
                                                  : ". What was open there is not known: ") +
                         image.error().text;
  }
  const SimTime now = host.engine().reached();
  for (Bequest& one : bequests) {
    network::Inheritance& to = one.inheritance;
    to.shards = one.legacy.shards;
    to.image = one.image ? &*one.image : nullptr;
    SimTime since{Nanos{order.since_ns}};
    if (one.image) {
      const SimTime last = last_seen(*one.image, scenario);
      since = order.since_ns == TakeOver::kUnseen ? last : std::max(since, last);
    }
    to.since = std::min(now, since);
    to.life = one.legacy.losses;
    to.half = one.legacy.half;
  }
  const bool needs_central = order.central == exchange.self() && !host.network().has_central();
  if (needs_central && bequests.empty()) bequests.emplace_back();
  if (needs_central) bequests.front().inheritance.central = true;
  adopted.read_s = seconds_since(begun, exchange);
  if (bequests.empty()) return adopted;
  const auto still = exchange.now();
  while_all_stand(host, exchange, [&] {
    for (const Bequest& one : bequests) host.network().adopt(scenario, one.inheritance);
  });
  adopted.still_s = seconds_since(still, exchange);
  for (const Bequest& one : bequests) {
    if (one.legacy.half == Half::fleet) continue;
    const auto restored = host.network().restored(one.inheritance);
    adopted.shards += one.inheritance.shards.size();
    adopted.restored.points += restored.points;
    adopted.restored.sessions += restored.sessions;
    adopted.restored.tickets += restored.tickets;
    if (one.image && order.since_ns != TakeOver::kUnseen)
      count_ended(*one.image, host.topology(), one.inheritance.shards,
                  SimTime{Nanos{order.since_ns}}, adopted);
  }
  return adopted;
}

}  // namespace

Heir heir_of(Host& host, runtime::Peers& exchange, const network::Scenario& scenario,
             const RunJournal& journal) {
  Heir heir;
  heir.adopt = [&](const TakeOver& order) {
    return adopt(host, exchange, scenario, journal, order);
  };
  heir.route = [&](const TakeOver& order) {
    host.engine().hold_still([&] { host.hand_over().route(order); });
  };
  heir.hold = [&](const Move& move) { return host.hand_over().hold(move); };
  heir.give = [&](const Marks& marks, const auto& is_over) {
    return host.hand_over().give(marks, is_over);
  };
  heir.hear = [&](const Marks& marks, const auto& is_over) {
    return host.hand_over().hear(marks, is_over);
  };
  heir.beginning = [&] {
    Beginning beginning;
    // Of a run that began anew a node that has joined knows no more than that none was before.
    beginning.is_continued = journal.image && journal.image->run.run > 0;
    if (beginning.is_continued)
      beginning.from = {scenario.run.start_unix_s, journal.image->run.run};
    beginning.remembers = journal.memory != nullptr;
    return beginning;
  };
  heir.roles = scenario.run.roles;
  heir.pass_on = [&](const network::Order& order) { (void)host.desk().obey(order); };
  heir.now = [&] {
    auto& engine = host.engine();
    return std::min(engine.model_clock().target(runtime::ModelClock::wall_now()), engine.horizon());
  };
  heir.take = [&](Luggage luggage, const auto& is_over) {
    return host.hand_over().take(std::move(luggage), is_over);
  };
  return heir;
}

}  // namespace chargemill::app
