// What engines could not say before a run ended: of sessions that central had to close.
#include <gtest/gtest.h>

#include "actors/archive/history.hpp"
#include "tests/simulation/any_scenario.hpp"
#include "tests/simulation/recordings.hpp"
#include "tests/simulation/virtual_network.hpp"
#include "tests/support/folder.hpp"

namespace chargemill::test {
namespace {

using std::chrono::seconds;

enum class Ending { clean, killed };

/// One life of a network after another, in the same directory.
struct Lives {
  network::Scenario scenario;
  Folder folder;
  Energy metered;  ///< in all lives

  explicit Lives(network::Scenario what) : scenario(std::move(what)) {}

  network::Totals live(Ending ending = Ending::clean) {
    const auto recording = open_recording(folder.path());
    const auto image = go_on(*recording, scenario);
    VirtualNetwork virtual_network{scenario, 2, recording.get(), image ? &*image : nullptr};
    (void)virtual_network.finish();
    const SimTime end{scenario.run.duration};
    const auto totals = virtual_network.network().count(end).totals;
    metered.mj += totals.energy_delivered_mj;
    if (ending == Ending::clean) virtual_network.network().close_recording(end);
    EXPECT_TRUE(recording->flush(seconds{10}));
    for (const auto& text : network::broken_identities(totals)) ADD_FAILURE() << text;
    return totals;
  }
  [[nodiscard]] Energy in_history() const {
    Energy sum;
    for (const auto& row : sessions()) sum += row.delivered;
    return sum;
  }
  [[nodiscard]] std::vector<archive::SessionRow> sessions() const {
    auto history = std::move(*archive::History::open(folder.path()));
    archive::Filter all;
    all.limit = 1'000'000;
    return history.sessions(all).value();
  }
  [[nodiscard]] std::vector<archive::TicketRow> tickets() const {
    auto history = std::move(*archive::History::open(folder.path()));
    archive::Filter all;
    all.limit = 1'000'000;
    return history.tickets(all).value();
  }
  [[nodiscard]] std::uint64_t owed() const {
    auto reader = std::move(*runtime::journal::Reader::open(folder.path()));
    std::uint64_t count = 0;
    const auto read = reader.scan(1, [&](const runtime::journal::Record& record) {
      const auto found = archive::decode(record);
      count += found && std::holds_alternative<archive::OwedEnd>(found->record) ? 1U : 0U;
      return true;
    });
    EXPECT_TRUE(read);
    return count;
  }
};

/// Four charge points that supply when their links are cut, until after the end: central closes
/// their sessions for silence (D-067) with what it had heard.
network::Scenario cut_off() {
  network::Scenario s;
  s.run.duration = seconds{60};
  s.network.charge_points = 4;
  s.drivers.count = 8;
  s.drivers.initial_supplying = 1.0;
  network::FaultSpec cut;
  cut.kind = network::FaultKind::partition;
  cut.at = SimTime{seconds{20}};
  cut.duration = seconds{600};
  s.faults.push_back(cut);
  return s;
}

TEST(Owed, WhatFlowedBehindACutLinkIsInTheHistoryOfItsSession) {  // D-067, D-075, D-103
  Lives lives{cut_off()};
  const auto first = lives.live();
  ASSERT_GE(first.sessions_failed, 4U);
  ASSERT_GT(first.energy_unreported_mj, 0) << "or this proves nothing";
  EXPECT_GE(lives.owed(), 4U);
  EXPECT_EQ(lives.in_history(), lives.metered);
  for (const auto& row : lives.sessions()) {
    EXPECT_EQ(row.status, SessionStatus::failed);
    EXPECT_GT(row.end.value(), row.start + seconds{30}) << "beyond its closing";
  }
  const auto issued = lives.tickets().size();
  lives.scenario.faults.clear();
  const auto second = lives.live();
  EXPECT_EQ(second.sessions_corrected, 4U) << "the engines have said it";
  EXPECT_EQ(lives.in_history(), lives.metered);
  EXPECT_EQ(lives.tickets().size(), issued + 4) << "with the right total, once";
  Energy billed;
  for (const auto& row : lives.tickets())
    if (row.ticket.is_correction) billed += row.ticket.delivered;
  EXPECT_EQ(billed, lives.metered);
  const auto third = lives.live();
  EXPECT_EQ(third.sessions_corrected, 0U) << "and not once more";
  EXPECT_EQ(lives.in_history(), lives.metered);
  EXPECT_EQ(lives.tickets().size(), issued + 4);
}

TEST(Owed, AfterAKillAnEngineSaysWhatItsCentralHadHeardOfIt) {  // D-103
  Lives lives{cut_off()};
  (void)lives.live(Ending::killed);
  EXPECT_EQ(lives.owed(), 0U);
  const Energy known = lives.in_history();
  EXPECT_GT(known.mj, 0);
  EXPECT_LT(known.mj, lives.metered.mj);
  lives.scenario.faults.clear();
  const auto second = lives.live();
  EXPECT_EQ(second.sessions_corrected, 4U);
  EXPECT_EQ(lives.in_history(), known) << "the meters are gone";
  EXPECT_EQ(lives.live().sessions_corrected, 0U) << "settled";
}

TEST(Owed, TheHistoryAddsUpToTheMetersWhateverHappens) {  // D-103, D-171
  std::uint64_t owed = 0;
  for (std::uint64_t seed = 1; seed <= 24; ++seed) {
    SCOPED_TRACE(seed);
    Lives lives{any_scenario(seed)};
    for (int life = 0; life < 3; ++life) {
      SCOPED_TRACE(life);
      const auto totals = lives.live();
      ASSERT_EQ(totals.energy_unassigned_mj, 0);
      EXPECT_EQ(lives.in_history(), lives.metered);
    }
    owed += lives.owed();
  }
  EXPECT_GT(owed, 20U) << "or this proves nothing";
}

}  // namespace
}  // namespace chargemill::test
