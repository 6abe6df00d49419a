// Networks of all sorts with a journal: it changes nothing, and it forgets nothing.
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "actors/archive/history.hpp"
#include "actors/central/restart.hpp"
#include "actors/central/restore.hpp"
#include "tests/simulation/any_scenario.hpp"
#include "tests/simulation/recordings.hpp"
#include "tests/simulation/virtual_network.hpp"
#include "tests/support/folder.hpp"

namespace chargemill::test {
namespace {

using archive::Record;
using std::chrono::seconds;

/// All records of a journal, oldest first.
std::vector<archive::Found> all_records(const std::string& directory, archive::Origin origin) {
  std::vector<archive::Found> all;
  auto reader = std::move(*runtime::journal::Reader::open(directory));
  const auto read = reader.scan(1, [&](const runtime::journal::Record& record) {
    auto found = archive::decode(record, origin);
    EXPECT_TRUE(found) << "record " << record.sequence;
    found->names = {};  // views of what is gone after the visit
    all.push_back(*found);
    return true;
  });
  EXPECT_TRUE(read);
  return all;
}

TEST(Recorded, ARunHasTheSameDigestWithAndWithoutAJournal) {
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    SCOPED_TRACE(seed);
    const auto scenario = any_scenario(seed);
    VirtualNetwork plain{scenario, 2};
    (void)plain.finish();
    const Folder folder{std::to_string(seed)};
    const auto recording = open_recording(folder.path());
    VirtualNetwork recorded{scenario, 2, recording.get()};
    (void)recorded.finish();
    EXPECT_EQ(recorded.digest().hex(), plain.digest().hex());
  }
}

/// What of a point has to survive a restart, as text.
std::string essence(const central::ShardState& shard, const central::PointRecord& p) {
  std::string text;
  const auto add = [&](auto value) { text += std::to_string(value) + ' '; };
  add(static_cast<int>(p.stage));
  add(p.registered);
  add(p.faulty);
  add(static_cast<int>(p.fault));
  add(bool{p.operator_stopped});
  add(p.breaker.word());
  add(p.price.microeur_per_kwh);
  if (p.stage != central::Stage::none) {
    add(index_of(p.session));
    add(index_of(p.request));
    add(index_of(p.driver));
    add(p.begun.time_since_epoch().count());
    add(p.delivered.mj);
    add(p.cost.microeur);
    add(static_cast<int>(p.permit));
  }
  std::set<std::string> closed;
  for (const auto& c : p.ring == central::kNowhere ? central::ClosedRing{}.sessions
                                                   : shard.rings[p.ring].sessions) {
    // What a stray session told before its end is known to its engine only.
    if (c.session == SessionId::none || (c.is_stray && !c.is_final)) continue;
    const auto booked = c.is_final ? c.booked.mj : 0;
    closed.insert(std::to_string(index_of(c.session)) + '/' + std::to_string(booked) + '/' +
                  std::to_string(c.cost.microeur) + '/' +
                  std::to_string(static_cast<int>(c.status)) + '/' + std::to_string(c.is_final));
  }
  for (const auto& one : closed) text += one + ' ';
  return text;
}

/// What central would hear of the open session if its engine spoke at `end` once more.
void hear_of_meter(central::PointRecord& known, const charge_point::State& point, SimTime end) {
  if (known.stage == central::Stage::none) return;
  const auto& meter = point.meter;
  if (meter.active && meter.running.session == known.session) {
    known.begun = meter.running.since;
    known.delivered = meter.delivered(end);
    known.cost = cost_of(known.delivered, point.price);
  }
  for (const auto& over : meter.ends) {
    if (over.session != known.session) continue;
    known.begun = over.start;
    known.delivered = over.delivered;
    known.cost = cost_of(over.delivered, point.price);
  }
}

TEST(Recorded, AJournalGivesBackWhatCentralWouldRememberItself) {  // D-084
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    SCOPED_TRACE(seed);
    const auto scenario = any_scenario(seed);
    const Folder folder{std::to_string(seed)};
    auto recording = open_recording(folder.path());
    VirtualNetwork virtual_network{scenario, 2, recording.get()};
    (void)virtual_network.finish();
    auto& network = virtual_network.network();
    const SimTime end{scenario.run.duration};
    const SimTime restart = end + seconds{1};  // what was under way is told after the end
    network.close_recording(end);
    ASSERT_TRUE(recording->flush(seconds{10}));
    auto reader = std::move(*runtime::journal::Reader::open(folder.path()));
    const auto last = archive::find_last_run(reader).value();
    ASSERT_TRUE(last);
    const auto image =
        archive::restore(reader, last->run, archive::Origin{scenario.run.start_unix_s}).value();
    const auto shards = static_cast<std::uint16_t>(network.topology().shards.size());
    for (std::uint16_t s = 0; s < shards; ++s) {
      auto remembered = network.shard(ShardId{s}).state();
      central::restarted(remembered, restart);
      std::vector<central::OwnedPoint> owned;
      for (const auto& point : remembered.points)
        owned.push_back({point.id, remembered.zones[point.zone_slot].zone, Price{}, Power{1}});
      auto restored = central::make_shard(remembered.settings, owned);
      central::restore(restored, image, restart);
      for (std::size_t i = 0; i < restored.points.size(); ++i) {
        auto& a = remembered.points[i];
        if (!a.registered) a.price = restored.points[i].price = Price{};
        hear_of_meter(a, network.inside_point(a.id)->state(), end);
        EXPECT_EQ(essence(restored, restored.points[i]), essence(remembered, a)) << "point " << i;
      }
      EXPECT_EQ(restored.sessions_made, remembered.sessions_made);
      ASSERT_EQ(restored.tickets.size(), remembered.tickets.size());
      EXPECT_TRUE(std::equal(restored.tickets.begin(), restored.tickets.end(),
                             remembered.tickets.begin(), [](const auto& a, const auto& b) {
                               return a.first == b.first && a.second.request == b.second.request &&
                                      a.second.ticket.delivered == b.second.ticket.delivered &&
                                      a.second.ticket.correction == b.second.ticket.correction;
                             }));
    }
  }
}

/// Of all sessions that a journal knows.
Energy energy_in(const std::string& directory) {
  auto history = std::move(*archive::History::open(directory));
  archive::Filter all;
  all.limit = 1'000'000;
  Energy sum;
  const auto rows = history.sessions(all).value();
  for (const auto& row : rows) sum += row.delivered;
  return sum;
}

// Without faults central closes nothing before the engine has said its end.
TEST(Recorded, TheHistoryAddsUpToTheMetersToTheMillijoule) {  // D-103, D-171
  network::Scenario scenario;
  scenario.run.duration = std::chrono::minutes{5};
  scenario.network.charge_points = 40;
  scenario.network.telemetry_interval = seconds{7};
  scenario.drivers.count = 40;
  scenario.drivers.sessions_per_cp_per_day = 2'000;
  scenario.drivers.initial_supplying = 0.5;
  const Folder folder;
  Energy metered;
  for (int life = 0; life < 2; ++life) {  // the second one ends what the first one left
    const auto recording = open_recording(folder.path());
    const auto image = go_on(*recording, scenario);
    VirtualNetwork virtual_network{scenario, 2, recording.get(), image ? &*image : nullptr};
    (void)virtual_network.finish();
    const SimTime end{scenario.run.duration};
    const auto totals = virtual_network.network().count(end).totals;
    ASSERT_GT(totals.sessions_active, 0U);
    ASSERT_GT(totals.energy_unreported_mj, 0) << "or this proves nothing";
    ASSERT_TRUE(recording->flush(seconds{10}));
    metered.mj += totals.energy_delivered_mj;
    EXPECT_LT(energy_in(folder.path()).mj, metered.mj);
    virtual_network.network().close_recording(end);
    ASSERT_TRUE(recording->flush(seconds{10}));
    EXPECT_EQ(energy_in(folder.path()), metered);
    EXPECT_EQ(virtual_network.network().count().totals.energy_delivered_mj,
              totals.energy_delivered_mj)
        << "what is counted is what was said";
  }
}

TEST(Recorded, TheRecordsAddUpToTheTotals) {
  for (std::uint64_t seed = 21; seed <= 26; ++seed) {
    SCOPED_TRACE(seed);
    const auto scenario = any_scenario(seed);
    const Folder folder{std::to_string(seed)};
    const auto recording = open_recording(folder.path());
    VirtualNetwork virtual_network{scenario, 2, recording.get()};
    const auto totals = virtual_network.finish();
    ASSERT_TRUE(recording->flush(seconds{10}));
    std::map<std::size_t, std::uint64_t> counts;
    std::uint64_t corrections = 0;
    std::uint64_t strays = 0;
    std::uint64_t without_driver = 0;
    std::uint64_t recoveries = 0;
    for (const auto& found :
         all_records(folder.path(), archive::Origin{scenario.run.start_unix_s})) {
      ++counts[found.record.index()];
      if (const auto* end = std::get_if<archive::SessionEnd>(&found.record)) {
        corrections += end->is_correction ? 1 : 0;
        strays += end->is_stray ? 1 : 0;
        without_driver += !end->is_stray && end->driver == kNobody ? 1 : 0;
      }
      const auto* fault = std::get_if<archive::Fault>(&found.record);
      recoveries += fault != nullptr && fault->type == archive::EventType::recovery ? 1 : 0;
    }
    const auto of = [&](const Record& kind) { return counts[kind.index()]; };
    EXPECT_EQ(of(archive::SessionStart{}), totals.sessions_started);
    EXPECT_EQ(of(archive::SessionEnd{}) - strays - without_driver, totals.tickets_issued);
    EXPECT_EQ(of(archive::SessionEnd{}) - strays - corrections,
              totals.sessions_completed + totals.sessions_failed);
    EXPECT_EQ(of(archive::Fault{}), totals.faults_notified + totals.faults_recovered);
    EXPECT_EQ(recoveries, totals.faults_recovered);
    EXPECT_EQ(recording->appended(), recording->status().records);
    auto history = std::move(*archive::History::open(folder.path()));
    archive::Filter all;
    all.limit = 1'000'000;
    EXPECT_EQ(history.sessions(all).value().size(), totals.sessions_started);
    EXPECT_EQ(history.tickets(all).value().size(), totals.tickets_issued);
    const auto statistics = history.statistics("", archive::UtcMicros::min()).value();
    EXPECT_EQ(statistics.fault_count, totals.faults_notified);
    EXPECT_EQ(statistics.recovery_count, totals.faults_recovered);
  }
}

/// One life of a network after another, in the same directory.
struct Lives {
  network::Scenario scenario;
  Folder folder;

  explicit Lives(std::uint64_t seed) : scenario(any_scenario(seed)), folder(std::to_string(seed)) {}
  explicit Lives(network::Scenario what) : scenario(std::move(what)), folder("lives") {}

  network::Totals live() {
    auto recording = open_recording(folder.path());
    if (const auto& last = recording->last_run()) {
      EXPECT_EQ(last->run.network, network::fingerprint(network::make_topology(scenario)));
    }
    const auto image = go_on(*recording, scenario);
    VirtualNetwork virtual_network{scenario, 2, recording.get(), image ? &*image : nullptr};
    const auto totals = virtual_network.finish();
    for (const auto& text : network::broken_identities(totals)) ADD_FAILURE() << text;
    return totals;
  }
};

TEST(Recorded, AFaultThatOutlivesItsRunEndsInTheNext) {  // D-072, D-118
  network::Scenario scenario;
  scenario.network.charge_points = 4;
  scenario.run.duration = seconds{60};
  network::FaultSpec ko;
  ko.kind = network::FaultKind::engine_ko;
  ko.at = SimTime{seconds{20}};
  ko.duration = seconds{600};
  scenario.faults.push_back(ko);
  Lives lives{scenario};
  const auto first = lives.live();
  EXPECT_EQ(first.faults_notified, 4U);
  EXPECT_EQ(first.faults_recovered, 0U);
  lives.scenario.faults.clear();
  const auto then = lives.live();
  EXPECT_EQ(then.faults_recovered, 4U);
  EXPECT_EQ(then.faults_raised, 0U) << "it is the old one that is over";
  EXPECT_EQ(then.display[static_cast<std::size_t>(DisplayState::activated)], 4U);
  EXPECT_EQ(lives.live().faults_recovered, 0U);
}

TEST(Recorded, LifeAfterLifeNothingIsLostAndNothingComesTwice) {  // D-083, D-086, X-12, X-13, X-32
  for (std::uint64_t seed = 31; seed <= 36; ++seed) {
    SCOPED_TRACE(seed);
    Lives lives{seed};
    std::uint64_t open = 0;
    for (int life = 0; life < 3; ++life) {
      const auto totals = lives.live();
      EXPECT_GE(totals.sessions_started, open) << "open sessions are taken over";
      open = totals.sessions_active;
    }
    std::map<SessionId, std::vector<Record>> sessions;
    std::map<SessionId, Energy> told;
    std::set<std::pair<SessionId, bool>> delivered;
    archive::UtcMicros time{};
    for (const auto& found : all_records(lives.folder.path(), archive::Origin{0})) {
      if (std::holds_alternative<archive::RunBegan>(found.record)) {
        EXPECT_GE(found.time, time) << "model time goes on";
      }
      time = std::max(time, found.time);
      if (const auto* start = std::get_if<archive::SessionStart>(&found.record)) {
        EXPECT_TRUE(sessions[start->session].empty()) << "a session's number is its own";
        sessions[start->session].push_back(*start);
      }
      if (const auto* known = std::get_if<archive::Checkpoint>(&found.record))
        told[known->session] = known->delivered;
      if (const auto* end = std::get_if<archive::SessionEnd>(&found.record)) {
        EXPECT_TRUE(told[end->session] <= end->delivered) << "what was known is not forgotten";
        auto& story = sessions[end->session];
        for (const auto& earlier : story) {
          const auto* other = std::get_if<archive::SessionEnd>(&earlier);
          EXPECT_TRUE(other == nullptr || (!other->is_correction && end->is_correction))
              << "ended twice";
        }
        story.push_back(*end);
      }
      if (const auto* ticket = std::get_if<archive::TicketDelivered>(&found.record)) {
        EXPECT_TRUE(delivered.emplace(ticket->session, ticket->is_correction).second)
            << "a ticket twice";
      }
    }
    std::uint64_t unfinished = 0;
    for (const auto& [session, story] : sessions) {
      EXPECT_TRUE(std::holds_alternative<archive::SessionStart>(story.front()));
      unfinished += story.size() == 1 ? 1 : 0;
    }
    EXPECT_EQ(unfinished, open) << "only what runs at the end is open";
  }
}

}  // namespace
}  // namespace chargemill::test
