// Laws of a charge point over random lives, with a central that answers when chance lets it.
#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <set>
#include <string>

#include "actors/charge_point/charge_point.hpp"
#include "actors/charge_point/reports.hpp"
#include "runtime/base/overloaded.hpp"
#include "runtime/base/random_stream.hpp"
#include "tests/support/lives.hpp"

namespace chargemill::charge_point {
namespace {

using namespace std::chrono_literals;

/// Books what it hears, once, and answers; the answers wait in `answers`.
struct FakeCentral {
  struct Account {
    Energy energy;
    bool closed = false;
  };
  std::map<SessionId, Account> accounts;
  std::set<SessionId> started;
  std::deque<Event> answers;
  std::set<std::uint32_t> open_statuses;
  unsigned unanswered = 0;  ///< telemetry on this connection since the last acknowledgement

  void hear(const Effect& effect) {
    std::visit(Overloaded{[this](const Status& s) { hear_status(s); },
                          [this](const Telemetry& t) { hear_telemetry(t); },
                          [this](const SessionEnd& e) { hear_end(e); }, [](const auto&) {}},
               effect);
  }
  void hear_status(const Status& s) {
    EXPECT_TRUE(open_statuses.empty()) << "more than one unacknowledged status";
    open_statuses.insert(s.seq);
    answers.emplace_back(ReportAck{s.seq});
    if (s.phase == Phase::supplying && s.reason == Reason::starting_supply) {
      EXPECT_TRUE(started.insert(s.session).second);
      EXPECT_FALSE(accounts[s.session].closed) << "an end before its beginning";
    } else if (s.phase != Phase::supplying && s.reason != Reason::refused &&
               s.reason != Reason::vehicle_awaited && s.session != SessionId::none) {
      EXPECT_TRUE(accounts[s.session].closed) << "D-102: the end goes before its status";
    }
  }
  void hear_telemetry(const Telemetry& t) {
    EXPECT_LE(++unanswered, kTelemetryCredit) << "more telemetry than there was credit";
    if (t.wants_ack) answers.emplace_back(ReportAck{t.seq});
    Account& account = accounts[t.session];
    EXPECT_FALSE(account.closed) << "X-19: telemetry after the end";
    EXPECT_LE(account.energy.mj, t.delivered.mj);
    account.energy = t.delivered;
  }
  void hear_end(const SessionEnd& e) {
    answers.emplace_back(SessionEndAck{e.session});
    Account& account = accounts[e.session];
    EXPECT_LE(account.energy.mj, e.delivered.mj);
    EXPECT_TRUE(!account.closed || account.energy == e.delivered) << "a repeated end says the same";
    account = {e.delivered, true};
    EXPECT_LE(e.start, e.end);
  }
  void forget_credit() {
    open_statuses.clear();
    unanswered = 0;
  }
  [[nodiscard]] Energy booked(SessionId session) const {
    const auto found = accounts.find(session);
    return found == accounts.end() ? Energy{} : found->second.energy;
  }
  [[nodiscard]] Energy booked() const {
    Energy sum;
    for (const auto& [session, account] : accounts) sum += account.energy;
    return sum;
  }
};

class RandomLife {
 public:
  explicit RandomLife(std::uint64_t seed)
      : random_(seed, 1, Purpose::faults),
        point_(make_state(PointId{1}, Power{7'400}, Price{310'000}, settings_, seed % 3 == 0)) {
    settings_.max_session = seed % 2 == 0 ? Nanos{47s} : Nanos{0};
  }
  RandomLife(const RandomLife&) = delete;
  RandomLife& operator=(const RandomLife&) = delete;

  void run(unsigned events) {
    tell(PowerOn{});
    for (unsigned i = 0; i < events; ++i) {
      pass(Nanos{static_cast<std::int64_t>(random_.below(3'000'000'000))});
      tell(draw());
      while (!central_.answers.empty() && random_.below(3) != 0) answer();
      if (random_.below(8) == 0) check_quiet_moment();
    }
    settle();
  }
  [[nodiscard]] std::uint64_t sessions_begun() const { return begun_; }
  /// What it said, each word by its kind and the time, and where it stands.
  [[nodiscard]] std::string story() const {
    return story_ + "due " + std::to_string(due(point_).time_since_epoch().count()) + ", total " +
           std::to_string(point_.meter.total(now_).mj) + ", seq " + std::to_string(point_.last_seq);
  }

 private:
  void tell(const Event& event) {
    // Credit is restored with the link and with a new incarnation: older statuses count no more.
    if (std::holds_alternative<LinkUp>(event) || point_.life != charge_point::Life::on)
      central_.forget_credit();
    const bool was_active = point_.meter.active;
    const SessionId before = point_.meter.running.session;
    for (const Effect& effect : step(point_, event, now_)) {
      story_ += std::to_string(effect.index()) + " at " +
                std::to_string(now_.time_since_epoch().count()) + "\n";
      if (std::holds_alternative<Throw>(effect)) {
        crashed(point_, now_);
        continue;
      }
      ASSERT_TRUE(point_.link_up || !is_report(effect)) << "spoke without a link";
      central_.hear(effect);
    }
    if (point_.meter.active && (!was_active || point_.meter.running.session != before)) {
      ++begun_;
    }
    ASSERT_GE(due(point_), now_);
    ASSERT_LE(point_.outbox.size(), kOutboxMax);
    ASSERT_LE(point_.meter.ends.size(), Meter::kEndsMax);
    ASSERT_GE(point_.meter.total(now_).mj, total_.mj) << "a meter never runs backwards";
    total_ = point_.meter.total(now_);
  }
  static bool is_report(const Effect& effect) {
    return std::holds_alternative<Status>(effect) || std::holds_alternative<Telemetry>(effect) ||
           std::holds_alternative<SessionEnd>(effect);
  }
  void pass(Nanos time) {
    const SimTime end = now_ + time;
    while (due(point_) <= end) {
      now_ = std::max(now_, due(point_));
      tell(Tick{});
      if (random_.below(2) == 0 && !central_.answers.empty()) answer();
    }
    now_ = end;
  }
  void answer() {
    const Event event = central_.answers.front();
    central_.answers.pop_front();
    const auto* const ack = std::get_if<ReportAck>(&event);
    if (ack != nullptr && central_.open_statuses.erase(ack->seq) == 0) central_.unanswered = 0;
    tell(event);
  }
  [[nodiscard]] Energy unreported() const {
    return point_.meter.unreported(now_,
                                   [&](SessionId session) { return central_.booked(session); });
  }
  /// No message under way: D-108 and law 5 hold to the millijoule.
  void check_quiet_moment() {
    while (!central_.answers.empty()) answer();
    EXPECT_EQ(point_.meter.total(now_), central_.booked() + unreported());
  }
  /// Everything is repaired; then every session has ended, and all energy is booked.
  void settle() {
    tell(LinkUp{});
    tell(PowerOn{});
    pass(Nanos{100s});
    check_quiet_moment();
    tell(OkKey{});
    tell(MeterWorks{});
    tell(StopSupply{Reason::none});
    tell(ResumeCp{});
    check_quiet_moment();
    EXPECT_FALSE(point_.meter.active);
    EXPECT_TRUE(point_.meter.ends.empty());
    EXPECT_EQ(unreported().mj, 0);
    EXPECT_EQ(point_.meter.total(now_), central_.booked());
    std::uint64_t closed = 0;
    for (const auto& [session, account] : central_.accounts) closed += account.closed ? 1U : 0U;
    EXPECT_EQ(closed, begun_) << "every started session ends once";
  }
  StartSupply start() {
    StartSupply s{};
    s.session = SessionId{++sessions_};
    s.request = RequestId{sessions_};
    s.target = Energy{static_cast<std::int64_t>(random_.below(4) * 37'000'001)};
    s.stay = Nanos{static_cast<std::int64_t>(random_.below(3) * 11'500'000'000)};
    s.issued = now_ - Nanos{static_cast<std::int64_t>(random_.below(2) * 7'000'000'000)};
    s.driver = DriverId{5};
    s.defect = random_.below(12) == 0 ? PayloadDefect::is_empty : PayloadDefect::none;
    return s;
  }
  Event draw() {
    const SimTime later = now_ + Nanos{static_cast<std::int64_t>(random_.below(9'000'000'000))};
    switch (random_.below(31)) {
      case 0:
        return StopSupply{Reason::none};
      case 1:
        return StopCp{Reason::none};
      case 2:
      case 3:
      case 4:
        return ResumeCp{};
      case 5:
        return random_.below(6) == 0 ? Event{Shutdown{}} : Event{Ping{1}};
      case 6:
        return LinkDown{};
      case 7:
      case 8:
        return LinkUp{};
      case 9:
        return Silence{later};
      case 10:
        return RefuseStarts{later};
      case 11:
        return KoKey{};
      case 12:
      case 13:
        return OkKey{};
      case 14:
      case 15:
        return Plug{};
      case 16:
        return Unplug{};
      case 17:
        return Crash{};
      case 18:
      case 19:
        return Restart{};
      case 20:
        return PowerOn{};
      case 21:
        return random_.below(4) == 0 ? Event{PowerOff{}} : Event{Tick{}};
      case 22:
        return random_.below(4) == 0 ? Event{MeterFails{}} : Event{MeterWorks{}};
      default:
        return start();
    }
  }

  RandomStream random_;
  Settings settings_;
  State point_;
  FakeCentral central_;
  SimTime now_{};
  Energy total_;
  std::uint64_t sessions_ = 0;
  std::uint64_t begun_ = 0;
  std::string story_;
};

TEST(ChargePointProperties, EnergyIsConservedAndEverySessionEndsOnceInAnyLife) {
  std::uint64_t sessions = 0;
  test::check_lives(600, 1'000, [&](std::uint64_t seed, unsigned events) {
    RandomLife life{seed};
    life.run(events);
    sessions += life.sessions_begun();
  });
  RecordProperty("sessions", std::to_string(sessions));
}

TEST(ChargePointProperties, LivesAreFullOfSessions) {
  std::uint64_t sessions = 0;
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    RandomLife life{seed};
    life.run(1'000);
    sessions += life.sessions_begun();
  }
  EXPECT_GT(sessions, 100U) << "lives too dull to prove anything";
}

// step is a function: state, event and time decide, nothing else.
TEST(ChargePointProperties, EqualLivesAreEqual) {
  std::set<std::string> stories;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    RandomLife one{seed};
    RandomLife other{seed};
    one.run(300);
    other.run(300);
    EXPECT_EQ(one.story(), other.story()) << "seed " << seed;
    stories.insert(one.story());
  }
  EXPECT_EQ(stories.size(), 20U) << "what is compared tells nothing";
}

}  // namespace
}  // namespace chargemill::charge_point
