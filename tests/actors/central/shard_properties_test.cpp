// Laws that hold whatever happens to a shard, over many seeds.
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

#include "tests/actors/central/story.hpp"
#include "tests/support/lives.hpp"

namespace chargemill::central {
namespace {

constexpr std::uint32_t kPoints = 4;
constexpr unsigned kEvents = 600;

/// Random events in any order, and what a simple model expects of their sums. Per session the model
/// keeps the most that its point has told: telemetry until the end, then the end.
class Chaos {
 public:
  explicit Chaos(std::uint64_t seed)
      : story_(kPoints), random_(static_cast<std::mt19937::result_type>(seed)) {}

  void run(unsigned events) {
    for (unsigned i = 0; i < events; ++i) {
      tell(random_event());
      ASSERT_NO_FATAL_FAILURE(check_sums());
    }
    check_messages();
  }

 private:
  struct Told {
    std::int64_t energy = 0;
    bool ended = false;
  };

  std::uint32_t pick(std::uint32_t n) {
    return std::uniform_int_distribution<std::uint32_t>{0, n - 1}(random_);
  }
  PointId point() { return PointId{index_of(kPoint) + pick(kPoints)}; }
  DriverId driver() { return DriverId{pick(6)}; }
  /// The current session of `id`, or one of its last that are still remembered.
  SessionId session_of(PointId id) {
    auto& known = sessions_[id];
    if (known.empty()) return SessionId::none;
    return known[known.size() - 1 -
                 pick(static_cast<std::uint32_t>(std::min<std::size_t>(known.size(), 3)))];
  }

  ShardEvent random_event() {
    const PointId id = point();
    const SessionId session = session_of(id);
    const Phase phase = static_cast<Phase>(pick(kPhases));
    switch (pick(16)) {
      case 0:
        return Register{Price{300'000}, id};
      case 1:
      case 2:
        return Heartbeat{id};
      case 3:
        return Status{session,      story_.now,    id,           1, phase, Reason::state_report,
                      Reason::none, Command::none, Refusal::none};
      case 4:
      case 5:
        return Status{SessionId::none,  story_.now,           id,           1,
                      Phase::activated, Reason::state_report, Reason::none, Command::none,
                      Refusal::none};
      case 6:
        return Status{session,
                      story_.now,
                      id,
                      1,
                      Phase::activated,
                      Reason::refused,
                      Reason::none,
                      Command::start_supply,
                      Refusal::not_plugged};
      case 7:
      case 8:
        return telemetry(id, session);
      case 9:
        return end(id, session);
      case 10:
        return pick(4) == 0 ? ShardEvent{FaultReport{id, Reason::health_check_failed}}
                            : ShardEvent{HealthyReport{id}};
      case 11:
        return ZoneRequest{RequestId{++requests_}, {}, {}, driver(), ZoneId{1}, 0};
      case 12:
        return OperatorOrder{id, static_cast<OperatorAction>(pick(5)), pick(8) == 0};
      case 13:
        return pick(2) == 0 ? ShardEvent{CancelRequest{RequestId{requests_}, driver(), id}}
                            : ShardEvent{LocalStart{Energy{1}, id, driver()}};
      case 14:
        return rare();
      default:
        return ChargeRequest{RequestId{++requests_}, {}, {}, driver(), id};
    }
  }
  ShardEvent rare() {
    if (pick(20) == 0) return CentralDown{};
    if (pick(2) == 0) return CentralUp{};
    return Tick{};
  }
  ShardEvent telemetry(PointId id, SessionId session) {
    if (session == SessionId::none || told_[session].ended) return Tick{};
    Told& told = told_[session];
    const Energy delivered{told.energy + pick(1'000)};
    if (story_.shard.up) told.energy = delivered.mj;
    return Telemetry{
        session,     story_.now, Power{22'000}, delivered, cost_of(delivered, Price{300'000}), id,
        DriverId{0}, 1,          true};
  }
  ShardEvent end(PointId id, SessionId session) {
    if (session == SessionId::none) return Tick{};
    Told& told = told_[session];
    const Energy delivered{told.ended ? told.energy : told.energy + pick(1'000)};
    if (story_.shard.up) told = {delivered.mj, true};
    const bool ok = pick(2) == 0;
    return SessionEnd{session,
                      SimTime{},
                      story_.now,
                      delivered,
                      cost_of(delivered, Price{300'000}),
                      id,
                      DriverId{0},
                      ok ? SessionStatus::completed : SessionStatus::failed,
                      ok ? Reason::stay_ended : Reason::engine_crashed};
  }

  void tell(const ShardEvent& event) {
    const std::size_t before = story_.said.size();
    story_.now += Millis{pick(1'500)};
    if (due(story_.shard) <= story_.now) story_.tell(Tick{});
    story_.tell(event);
    for (std::size_t i = before; i < story_.said.size(); ++i) {
      if (const auto* update = std::get_if<DriverUpdate>(&story_.said[i]))
        note_end(*update, std::holds_alternative<CancelRequest>(event));
      if (!Story::is_record<archive::SessionStart>(story_.said[i])) continue;
      const auto& opened =
          std::get<archive::SessionStart>(std::get<archive::Record>(story_.said[i]));
      sessions_[opened.point].push_back(opened.session);
    }
  }

  /// A request ends once; who cancels it afterwards hears the same again (D-061, D-054).
  void note_end(const DriverUpdate& update, bool is_answer) {
    if (update.status != UpdateStatus::completed && update.status != UpdateStatus::failed) return;
    const auto [first, is_first] = ended_.emplace(update.request, update);
    if (is_first) return;
    EXPECT_TRUE(is_answer) << "request " << index_of(update.request) << " ended twice";
    EXPECT_EQ(update.status, first->second.status);
    EXPECT_EQ(update.session, first->second.session);
  }

  void check_sums() {
    const ShardTotals& t = story_.totals();
    ASSERT_EQ(t.sessions_started, t.sessions_completed + t.sessions_failed + t.sessions_active);
    ASSERT_EQ(t.tickets_issued, t.sessions_completed + t.sessions_failed + t.sessions_corrected);
    ASSERT_EQ(std::accumulate(t.display.begin(), t.display.end(), std::uint64_t{0}), kPoints);
    std::int64_t expected = 0;
    for (const auto& one : told_) expected += one.second.energy;
    ASSERT_EQ(t.energy_booked_mj, expected);
    std::size_t free = 0;
    for (const PointRecord& p : story_.shard.points) {
      ASSERT_EQ(p.display, display_state(p));
      const bool is_free =
          story_.shard.up && is_available(p, story_.shard.settings.breaker, story_.now);
      ASSERT_EQ(p.free_slot != kNowhere, is_free);
      free += is_free ? 1U : 0U;
    }
    ASSERT_EQ(story_.shard.zones[0].free.size(), free);
  }

  /// Each accepted request that is over had its terminal update (D-061); the central is told the
  /// number of free points in the end.
  void check_messages() {
    std::set<RequestId> accepted;
    for (const auto& update : story_.all<DriverUpdate>()) {
      if (update.status == UpdateStatus::accepted) accepted.insert(update.request);
    }
    std::size_t open = 0;
    for (const PointRecord& p : story_.shard.points)
      open += p.stage != Stage::none && p.request != RequestId::none ? 1U : 0U;
    EXPECT_EQ(accepted.size(), story_.totals().requests_accepted);
    EXPECT_EQ(ended_.size() + open, accepted.size());
    const auto counts = story_.all<FreeCount>();
    if (!counts.empty()) {
      EXPECT_EQ(counts.back().free, story_.shard.zones[0].free.size());
    }
  }

  Story story_;
  std::mt19937 random_;
  std::map<PointId, std::vector<SessionId>> sessions_;
  std::map<SessionId, Told> told_;
  std::map<RequestId, DriverUpdate> ended_;
  std::uint64_t requests_ = 0;
};

TEST(ShardProperties, SumsHoldWhateverHappens) {
  test::check_lives(400, kEvents, [](std::uint64_t seed, unsigned events) {
    Chaos chaos(seed);
    chaos.run(events);
  });
}

TEST(ShardProperties, SessionsAreUniqueAndNameTheirShard) {  // D-030
  std::set<SessionId> all;
  for (std::uint16_t shard = 0; shard < 4; ++shard) {
    for (std::uint64_t i = 1; i <= 100; ++i) {
      const SessionId id = session_id(ShardId{shard}, i);
      EXPECT_EQ(shard_of(id), ShardId{shard});
      EXPECT_TRUE(all.insert(id).second);
    }
  }
}

}  // namespace
}  // namespace chargemill::central
