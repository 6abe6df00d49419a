// Who joined a network while it ran is known to the run that goes on with its journal.
#include <gtest/gtest.h>

#include <atomic>
#include <functional>

#include "actors/archive/history.hpp"
#include "actors/network/desk.hpp"
#include "tests/simulation/recordings.hpp"
#include "tests/support/folder.hpp"
#include "tests/support/still_engine.hpp"

namespace chargemill::test {
namespace {

using namespace std::chrono_literals;
using outside::SaidState;

network::Scenario scenario() {
  network::Scenario s;
  s.network.charge_points = 4;
  s.network.zones = 2;
  s.network.external = 1;
  s.drivers.external = 1;
  s.central.shards = 2;
  s.run.duration = 1h;
  return s;
}

/// One run of the network; the next one in the same folder goes on where it ended.
class Life {
 public:
  /// `change` is made to what the run before has left.
  explicit Life(const Folder& folder, const std::function<void(archive::Image&)>& change = {})
      : recording_(open_recording(folder.path())) {
    auto from = scenario();
    image_ = go_on(*recording_, from);
    if (change) change(image_.value());
    network_ = std::make_unique<network::Network>(from, still_.engine, recording_.get(),
                                                  image_ ? &*image_ : nullptr);
    desk_ = std::make_unique<network::Desk>(*network_, still_.engine);
    network_->start();
    pass(3s);
  }
  /// As after a stop; a kill leaves less energy, and nothing else.
  ~Life() {
    still_.settle();
    network_->close_recording();
    commit();
  }
  Life(const Life&) = delete;
  Life& operator=(const Life&) = delete;

  void pass(Nanos time) { still_.pass(time); }
  network::Desk& desk() { return *desk_; }
  [[nodiscard]] const network::TakenBack& taken_back() const { return network_->taken_back(); }
  PointId join(const char* name, bool is_outside) {
    network::PointSpec spec;
    spec.id = name;
    spec.zone = ZoneId{1};
    spec.power = Power{11'000};
    spec.price = Price{400'000};
    spec.is_outside = is_outside;
    return desk_->add(spec).value();
  }
  PointId point(const char* name) { return desk_->annex().find_point(name).value(); }
  DriverId driver(const char* name) { return desk_->annex().find_driver(name).value(); }
  /// The engine outside has a connection, and its monitor.
  void arrive(PointId id) {
    desk_->report(Register{Price{400'000}, id});
    desk_->say(id, outside::Arrived{});
    pass(1s);
  }
  void say(PointId id, Phase phase) {
    SaidState said{};
    said.status.phase = phase;
    desk_->say(id, said);
    pass(1s);
  }
  void ask(DriverId guest, PointId point) {
    EXPECT_NE(desk_->ask(guest, to(point), "a trip"), RequestId::none);
    pass(1s);
  }
  void ask_by_hand(DriverId driver, PointId point) {
    EXPECT_TRUE(desk_->ask_by_hand(driver, to(point), [](const auto&, const auto&) {}));
    pass(1s);
  }
  const central::PointRecord& record(PointId id) {
    const auto shards = network_->topology().shards.size();
    const auto& shard = network_->shard(ShardId{static_cast<std::uint16_t>(shards - 1)}).state();
    return shard.points[central::find(shard, id)];
  }
  void commit() { EXPECT_TRUE(recording_->flush(30s)); }
  network::Totals totals() {
    still_.settle();
    const auto snapshot = network_->count();
    for (const auto& text : network::broken_identities(snapshot.totals)) ADD_FAILURE() << text;
    return snapshot.totals;
  }

 private:
  static Trip to(PointId point) {
    Trip trip{};
    trip.point = point;
    return trip;
  }

  std::unique_ptr<Recording> recording_;
  std::optional<archive::Image> image_;
  StillEngine still_{2};
  std::unique_ptr<network::Network> network_;
  std::unique_ptr<network::Desk> desk_;
};

/// What the engines outside are told.
class Ear final : public outside::Line {
 public:
  void tell(const outside::News& news, SimTime) override {
    const auto* order = std::get_if<outside::OrderFor>(&news);
    if (order != nullptr && std::holds_alternative<StopSupply>(order->order)) ++stops_;
  }
  [[nodiscard]] int stops() const { return stops_; }

 private:
  std::atomic<int> stops_{0};
};

std::vector<archive::SessionRow> sessions_in(const Folder& folder, const char* point) {
  auto history = std::move(*archive::History::open(folder.path()));
  archive::Filter filter;
  filter.point = point;
  return history.sessions(filter).value();
}

void three_join(const Folder& folder) {
  Life life{folder};
  for (const char* name : {"CP-A", "CP-B", "CP-C"}) life.join(name, false);
  for (const char* name : {"a", "b", "c"})
    EXPECT_TRUE(life.desk().add(network::NewDriver{name, {}, false}));
  life.pass(1s);
}

// Such a name could join before one that begins with > was refused.
TEST(Rejoining, OneWhoseNameNoDoorCouldSayKeepsItsPlaceAndSoDoThoseBehindIt) {  // D-084, law 5
  const Folder folder{"unsayable"};
  three_join(folder);
  Life again{folder, [](archive::Image& image) {
               image.joined_points.at(PointId{5}).name = ">B";
               image.joined_drivers.begin()->second.name = "CP#1";
             }};
  EXPECT_EQ(again.point("CP-A"), PointId{4});
  EXPECT_EQ(again.point("CP-000006"), PointId{5});
  EXPECT_EQ(again.point("CP-C"), PointId{6});
  EXPECT_EQ(index_of(again.driver("c")), index_of(again.driver("b")) + 1);
  EXPECT_EQ(again.taken_back().renamed.count, 2U);
  EXPECT_EQ(again.taken_back().renamed.first, ">B");
  EXPECT_NE(again.taken_back().renamed.why, "");
  EXPECT_EQ(again.taken_back().left.count, 0U);
}

TEST(Rejoining, WhoeverHasNoPlaceAnyMoreIsNamed) {  // law 5
  const Folder folder{"no-place"};
  three_join(folder);
  Life again{folder, [](archive::Image& image) {  // there is one place for who comes from outside
               for (auto& [id, known] : image.joined_points) known.what.is_outside = true;
             }};
  EXPECT_EQ(again.point("CP-A"), PointId{4});
  EXPECT_FALSE(again.desk().annex().find_point("CP-B"));
  EXPECT_EQ(again.taken_back().left.count, 2U);
  EXPECT_EQ(again.taken_back().left.first, "CP-B");
  EXPECT_NE(again.taken_back().left.why.find("network.external"), std::string::npos);
  EXPECT_EQ(again.taken_back().renamed.count, 0U);
}

TEST(Rejoining,
     APointFromOutsideThatStillChargesIsRecognisedAndBilled) {  // D-086, D-087, X-12, X-13
  const Folder folder{"outside"};
  PointId out{};
  SessionId session{};
  {
    Life life{folder};
    out = life.join("CP-OUT", true);
    const auto guest = life.desk().add(network::NewDriver{"guest", {}, true});
    ASSERT_TRUE(guest);
    life.pass(1s);
    life.desk().call(*guest);
    life.arrive(out);
    life.say(out, Phase::activated);
    life.ask(*guest, out);
    session = life.record(out).session;
    life.say(out, Phase::supplying);
    life.desk().say(out,
                    outside::SaidEnergy{session, Power{11'000}, Energy{5'000}, Money{77}, true});
    life.pass(1s);
    EXPECT_EQ(life.totals().sessions_active, 1U);
  }
  Life life{folder};
  EXPECT_EQ(life.point("CP-OUT"), out);
  EXPECT_EQ(life.record(out).session, session) << "it is open";
  EXPECT_EQ(life.record(out).cost, Money{77}) << "as its engine said (D-218)";
  EXPECT_EQ(life.record(out).display, DisplayState::disconnected) << "until it is heard (D-085)";
  life.arrive(out);
  life.desk().say(out, outside::SaidEnergy{session, Power{11'000}, Energy{7'000}, Money{99}, true});
  life.pass(1s);
  EXPECT_EQ(life.record(out).display, DisplayState::supplying);
  ASSERT_TRUE(life.desk().add(network::NewDriver{"second", {}, false}));
  life.ask_by_hand(life.driver("second"), out);
  EXPECT_EQ(life.totals().requests_denied, 1U);
  SessionEnd end{};
  end.session = session;
  end.delivered = Energy{9'000};
  end.cost = Money{1};
  end.status = SessionStatus::completed;
  life.desk().say(out, outside::SaidEnd{end});
  life.say(out, Phase::activated);
  EXPECT_EQ(life.totals().sessions_completed, 1U);
  EXPECT_EQ(life.record(out).display, DisplayState::activated);
  life.pass(1s);
  life.commit();
  const auto rows = sessions_in(folder, "CP-OUT");
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].status, SessionStatus::completed);
  EXPECT_EQ(rows[0].delivered, Energy{9'000});
  EXPECT_EQ(rows[0].driver, "guest");
}

/// A guest charges at a point outside until its monitor says FAULT: the session is over, for
/// central, before the engine has said its end.
SessionId fail_a_session(const Folder& folder) {
  Life life{folder};
  const PointId out = life.join("CP-OUT", true);
  const auto guest = life.desk().add(network::NewDriver{"guest", {}, true});
  life.pass(1s);
  life.desk().call(*guest);
  life.arrive(out);
  life.say(out, Phase::activated);
  life.ask(*guest, out);
  const SessionId session = life.record(out).session;
  life.say(out, Phase::supplying);
  life.desk().say(out, outside::SaidEnergy{session, Power{11'000}, Energy{5'000}, Money{77}, true});
  life.pass(1s);
  life.desk().report(FaultReport{out, Reason::health_check_failed, true});
  life.pass(1s);
  EXPECT_EQ(life.totals().sessions_failed, 1U);
  return session;
}

TEST(Rejoining, ThePointOutsideStillSaysHowASessionThatFailedHasEnded) {  // D-075, D-103
  const Folder folder{"failed"};
  const SessionId session = fail_a_session(folder);
  ASSERT_NE(session, SessionId::none);
  Life life{folder};
  const PointId out = life.point("CP-OUT");
  life.arrive(out);
  SessionEnd end{};
  end.session = session;
  end.delivered = Energy{9'000};
  end.cost = Money{1};
  end.status = SessionStatus::completed;
  life.desk().say(out, outside::SaidEnd{end});
  life.say(out, Phase::activated);
  EXPECT_EQ(life.totals().sessions_corrected, 1U);
  life.commit();
  const auto rows = sessions_in(folder, "CP-OUT");
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].status, SessionStatus::failed);
  EXPECT_EQ(rows[0].delivered, Energy{9'000});
}

TEST(Rejoining, APointOutsideThatStillChargesAfterItsSessionFailedIsStopped) {
  const Folder folder{"deaf"};
  const SessionId session = fail_a_session(folder);
  Ear ear;
  Life life{folder};
  life.desk().connect(ear);
  const PointId out = life.point("CP-OUT");
  life.arrive(out);
  life.desk().report(HealthyReport{out});
  for (std::int64_t second = 1; second <= 7; ++second) {
    life.desk().say(
        out, outside::SaidEnergy{session, Power{11'000}, Energy{5'000 + second}, Money{77}, true});
    life.pass(1s);
  }
  EXPECT_GE(ear.stops(), 1);
  (void)life.totals();  // no energy is made of nothing
}

TEST(Rejoining, APointThatWasAddedReportsWhatItHadDeliveredAndItsDriverGetsTheTicket) {  // D-103
  const Folder folder{"inside"};
  {
    Life life{folder};
    const PointId in = life.join("CP-NEW", false);
    ASSERT_TRUE(life.desk().add(network::NewDriver{"eve", {}, false}));
    life.pass(3s);
    life.ask_by_hand(life.driver("eve"), in);
    life.pass(10s);
    EXPECT_EQ(life.totals().sessions_active, 1U);
    life.desk().order({life.join("CP-OFF", false), OperatorAction::stop, false});
    life.pass(1s);
  }
  for (int again = 0; again < 2; ++again) {
    Life life{folder};
    life.pass(5s);
    const auto totals = life.totals();
    EXPECT_EQ(life.record(life.point("CP-NEW")).display, DisplayState::activated);
    EXPECT_TRUE(life.record(life.point("CP-OFF")).operator_stopped) << "D-078";
    EXPECT_EQ(totals.sessions_failed, again == 0 ? 1U : 0U);
    EXPECT_EQ(totals.tickets_delivered, again == 0 ? 1U : 0U) << "once";
    life.ask_by_hand(life.driver("eve"), life.point("CP-NEW"));
    EXPECT_EQ(life.totals().sessions_active, 1U) << "it works like any other";
    life.desk().order({life.point("CP-NEW"), OperatorAction::stop_supply, false});
    life.pass(3s);
  }
  const auto rows = sessions_in(folder, "CP-NEW");
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_GT(rows[2].delivered.mj, 20'000'000) << "11 kW for ten seconds, as was told";
  EXPECT_EQ(rows[2].status, SessionStatus::failed);
  EXPECT_EQ(rows[0].status, SessionStatus::completed);
}

}  // namespace
}  // namespace chargemill::test
