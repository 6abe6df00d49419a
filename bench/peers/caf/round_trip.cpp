// The round-trip workload on stock CAF, an event_based_actor per entity; see ../README.md.
#include <algorithm>
#include <atomic>
#include <caf/all.hpp>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <string>
#include <vector>

namespace {

struct Status {
  std::uint32_t entity;
  std::uint32_t sequence;
  std::int64_t energy_mj;
};

using GoAtom = caf::atom_constant<caf::atom("go")>;
using AckAtom = caf::atom_constant<caf::atom("ack")>;
using StartAtom = caf::atom_constant<caf::atom("start")>;
using TotalAtom = caf::atom_constant<caf::atom("total")>;

constexpr std::int64_t kEnergyMj = 22;  // of an entity and round
constexpr std::uint64_t kRoundsMin = 3;

}  // namespace

// Never leaves the process.
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(Status)

namespace {

/// The entities of one central, and how many of them wait for their acknowledgement in this round.
/// Two groups share no cache line.
struct alignas(128) Group {
  caf::actor central;
  std::vector<caf::actor> entities;
  std::atomic<std::int64_t> remaining{0};
};

/// Counts groups that have finished a round.
struct Finish {
  std::mutex mutex;
  std::condition_variable changed;
  std::size_t groups = 0;

  void add() {
    const std::lock_guard<std::mutex> lock(mutex);
    ++groups;
    changed.notify_one();
  }
  void wait_for(std::size_t count) {
    std::unique_lock<std::mutex> lock(mutex);
    changed.wait(lock, [&] { return groups == count; });
    groups = 0;
  }
};

struct EntityState {
  std::uint32_t sequence = 0;
  std::int64_t energy_mj = 0;
};

caf::behavior entity(caf::stateful_actor<EntityState>* self, std::uint32_t id, Group* group,
                     Finish* finish) {
  return {
      [=](GoAtom) {
        self->state.energy_mj += kEnergyMj;
        self->send(group->central, Status{id, ++self->state.sequence, self->state.energy_mj});
      },
      [=](AckAtom, std::uint32_t sequence) {
        if (sequence != self->state.sequence) std::abort();
        // acq_rel: the last of a round sees what the others did.
        if (group->remaining.fetch_sub(1, std::memory_order_acq_rel) == 1) finish->add();
      },
  };
}

struct CentralState {
  std::int64_t total_mj = 0;
};

caf::behavior central(caf::stateful_actor<CentralState>* self, Group* group, std::uint32_t first) {
  return {
      [=](const Status& status) {
        self->state.total_mj += status.energy_mj;
        self->send(group->entities[status.entity - first], AckAtom::value, status.sequence);
      },
      [=](TotalAtom) { return self->state.total_mj; },
  };
}

struct StarterState {
  std::size_t next = 0;
};

/// In portions, like chargemill's: what an entity needs is then still in the cache when its
/// acknowledgement comes.
caf::behavior starter(caf::stateful_actor<StarterState>* self, Group* group) {
  constexpr std::size_t kPortion = 4'096;
  return {
      [=](StartAtom) {
        std::size_t& next = self->state.next;
        const std::size_t end = std::min(group->entities.size(), next + kPortion);
        for (; next < end; ++next) self->send(group->entities[next], GoAtom::value);
        if (next == group->entities.size()) {
          next = 0;
        } else {
          self->send(self, StartAtom::value);
        }
      },
  };
}

/// What the centrals have added up. Between two rounds.
std::int64_t total_of(caf::actor_system& system, const std::vector<Group>& groups) {
  std::int64_t sum = 0;
  caf::scoped_actor self{system};
  for (const Group& group : groups) {
    self->request(group.central, caf::infinite, TotalAtom::value)
        .receive([&](std::int64_t total_mj) { sum += total_mj; },
                 [](const caf::error&) { std::abort(); });
  }
  return sum;
}

struct Config : caf::actor_system_config {
  std::uint32_t entities = 100'000;
  std::uint32_t centrals = 4;
  double seconds = 3;
  Config() {
    opt_group{custom_options_, "global"}
        .add(entities, "entities", "number of entities")
        .add(centrals, "centrals", "number of centrals")
        .add(seconds, "seconds", "time to measure");
  }
};

void caf_main(caf::actor_system& system, const Config& config) {
  Finish finish;
  std::vector<Group> groups(config.centrals);
  std::vector<caf::actor> starters;
  std::uint32_t first = 0;
  for (std::uint32_t c = 0; c < config.centrals; ++c) {
    const auto end =
        static_cast<std::uint32_t>(std::uint64_t{config.entities} * (c + 1) / config.centrals);
    Group& group = groups[c];
    group.central = system.spawn(central, &group, first);
    for (std::uint32_t id = first; id < end; ++id) {
      group.entities.push_back(system.spawn(entity, id, &group, &finish));
    }
    starters.push_back(system.spawn(starter, &group));
    first = end;
  }

  const auto round = [&] {
    for (std::size_t c = 0; c < groups.size(); ++c) {
      groups[c].remaining.store(static_cast<std::int64_t>(groups[c].entities.size()),
                                std::memory_order_release);  // release: pairs with fetch_sub
      caf::anon_send(starters[c], StartAtom::value);
    }
    finish.wait_for(groups.size());
  };
  round();  // warm: mailboxes, pages
  std::uint64_t rounds = 0;
  const auto begin = std::chrono::steady_clock::now();
  double elapsed = 0;
  while (elapsed < config.seconds || rounds < kRoundsMin) {
    round();
    ++rounds;
    elapsed = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  }
  const std::int64_t total_mj = total_of(system, groups);
  const auto all = static_cast<std::int64_t>(rounds) + 1;  // with the one that warmed up
  const bool is_right = total_mj == kEnergyMj * config.entities * (all * (all + 1) / 2);
  std::printf(
      "{\"per_second\": %.0f, \"rounds\": %lld, \"energy_mj\": %lld, \"checksum\": \"%s\"}\n",
      static_cast<double>(rounds) * config.entities / elapsed, static_cast<long long>(all),
      static_cast<long long>(total_mj), is_right ? "ok" : "failed");
  std::fflush(stdout);
  std::_Exit(0);  // stock CAF needs long to end 100,000 actors; that is not measured
}

}  // namespace

CAF_MAIN()
