// A monitor against what D-114 to D-121 say of it, whatever engine, central and link do.
#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <map>
#include <ostream>

#include "actors/monitor/monitor.hpp"
#include "runtime/base/overloaded.hpp"
#include "tests/support/traces.hpp"

namespace chargemill::monitor {
namespace {

using namespace std::chrono_literals;
// slow: still in time; late: not any more (D-116)
enum class Engine : std::uint8_t { ok, slow, ko, refuses, late, silent };
constexpr const char* kEngines[] = {"ok", "slow", "KO", "refusing", "late", "silent"};
constexpr bool is_good(Engine e) { return e == Engine::ok || e == Engine::slow; }
constexpr Nanos kDelays[] = {0ms, 800ms, 0ms, 0ms, 1200ms, 0ms};
constexpr Nanos delay_of(Engine e) { return kDelays[static_cast<int>(e)]; }

enum class What : std::uint8_t {
  wait,
  engine,
  central,
  link,
  simulate,
  power,
  unknown,
  stale_answer,
  crash,
  restart
};
struct Step {
  What what;
  std::int64_t n;  ///< milliseconds; which Engine; off, on
};
std::ostream& operator<<(std::ostream& out, const Step& step) {
  const char* const state = step.n == 0 ? " off" : " on";
  switch (step.what) {
    case What::wait:
      return out << "wait " << step.n << " ms";
    case What::engine:
      return out << "engine " << kEngines[step.n];
    case What::central:
      return out << "central's answers" << state;
    case What::link:
      return out << "link" << state;
    case What::simulate:
      return out << "simulated fault" << state;
    case What::power:
      return out << "power" << state;
    case What::unknown:
      return out << "unknown to central";
    case What::stale_answer:
      return out << "answer to another report";
    case What::crash:
      return out << "crash";
    case What::restart:
      return out << "restart";
  }
  return out;
}
Step any_step(RandomStream& random) {
  const auto below = [&](std::uint64_t n) { return static_cast<std::int64_t>(random.below(n)); };
  const auto dice = random.below(24);
  if (dice < 11) return {What::wait, below(6'000)};
  if (dice < 17) return {What::engine, below(6)};
  if (dice < 18) return {What::central, below(2)};
  if (dice < 19) return {What::link, below(2)};
  if (dice < 20) return {What::simulate, below(2)};
  if (dice < 21) return {below(2) == 0 ? What::unknown : What::stale_answer, 0};
  if (dice < 22) return {below(3) == 0 ? What::crash : What::restart, 0};
  return {What::power, below(4) == 0 ? 0 : 1};
}
rc::Seq<Step> simpler(const Step& step) {
  return rc::seq::map(rc::shrink::towards(step.n, std::int64_t{0}), [step](std::int64_t n) {
    return Step{step.what, n};
  });
}

/// What a monitor owes, in plain words: no State of it is read but to compare.
struct Expected {
  bool on = false;
  bool link_up = true;
  bool simulating = false;
  // health: D-116 to D-118, D-120
  int failures = 0;
  bool unhealthy = false;
  std::deque<Report> owed;       ///< what central has not confirmed, oldest first
  SimTime report_from = kNever;  ///< it is repeated then, not before
  bool is_due_now = false;       ///< by the event that is told
  // the check: D-115, D-116
  std::uint32_t number = 0;
  SimTime time_out = kNever;  ///< of the check under way
  SimTime check_at = kNever;  ///< an interval after the last one ended; kNever: under way
  // registration: D-114
  bool registered = false;
  int attempts = 0;
  SimTime register_at = kNever;
  SimTime beat_at = kNever;

  void fail(SimTime now) {
    if (++failures >= 3 && !unhealthy) begin(true, now);
  }
  void succeed(SimTime now) {
    failures = 0;
    if (unhealthy) begin(false, now);
  }
  void begin(bool fault, SimTime now) {
    unhealthy = fault;
    if (fault && owed.size() + 2 > kReportsMax) return owed.pop_back();  // the last one goes on
    owed.push_back({now, fault});
    if (owed.size() == 1) report_now(now);
  }
  [[nodiscard]] Pending pending() const {
    if (owed.empty()) return Pending::none;
    return owed.front().is_fault ? Pending::fault : Pending::healthy;
  }
  /// What is pending is said at once.
  void report_now(SimTime now) {
    report_from = now;
    is_due_now = true;
  }
  void attempt(SimTime now) {
    Millis delay{2'000};
    for (int i = 0; i < attempts; ++i) delay = std::min(delay + delay / 2, Millis{10'000});
    register_at = ++attempts < 10 ? now + delay : kNever;
  }
  /// Once registered, or once it has given up registering.
  [[nodiscard]] bool may_beat() const { return registered || register_at == kNever; }
};

class Bench {
 public:
  Bench(Nanos interval, Nanos offset)
      : interval_(interval),
        offset_(offset),
        monitor_(make_state(PointId{7}, Price{300'000}, interval, offset)) {}

  void play(const Step& step) {
    const bool on = step.n != 0;
    switch (step.what) {
      case What::wait:
        return pass(Millis{step.n});
      case What::engine:
        return set_engine(static_cast<Engine>(step.n));
      case What::central:
        central_answers_ = on;
        return;
      case What::link:
        return set_link(on);
      case What::simulate:
        return simulate(on);
      case What::power:
        return on ? start(PowerOn{}, !expected_.on) : stop(PowerOff{});
      case What::unknown:
        may_register_ = true;
        return tell(UnknownPoint{});
      case What::stale_answer:  // to a report that is not pending (any more)
        return tell(expected_.pending() == Pending::fault ? Event{HealthyAck{}}
                                                          : Event{FaultAck{}});
      case What::crash:
        was_crashed_ = was_crashed_ || expected_.on;
        return stop(Crash{});
      case What::restart:
        return start(Restart{}, was_crashed_ && !expected_.on);
    }
  }
  void pass(Nanos time) {
    const SimTime end = now_ + time;
    for (;;) {
      const SimTime answer = answers_.empty() ? kNever : answers_.begin()->first;
      const SimTime next = std::min(answer, due(monitor_));
      check_deadlines(next);
      if (next > end) break;
      RC_ASSERT(next >= now_);  // it never asks for a time that has gone
      now_ = next;
      if (answer == next) {
        const Answer a = answers_.begin()->second;
        answers_.erase(answers_.begin());
        hear(a);
      } else {
        tick();
      }
    }
    now_ = end;
    check_detection();
  }

 private:
  struct Answer {
    std::uint32_t number;
    Engine engine;
  };

  void set_engine(Engine e) {
    if (is_good(e) != is_good(engine_)) engine_since_ = now_;
    engine_ = e;
  }
  void set_link(bool up) {
    const bool comes_back = up && !expected_.link_up;
    expected_.link_up = up;
    if (comes_back && expected_.on) {
      expected_.report_now(now_);
      if (!expected_.registered) {
        expected_.attempts = 0;
        expected_.attempt(now_);
        may_register_ = true;
      }
    }
    tell(up ? Event{LinkUp{}} : Event{LinkDown{}});
  }
  void simulate(bool on) {
    if (expected_.on && on != expected_.simulating) {
      expected_.simulating = on;
      if (on) {  // at once (D-120)
        expected_.failures = 3;
        if (expected_.time_out != kNever) expected_.check_at = now_ + interval_;
        expected_.time_out = kNever;
        if (!expected_.unhealthy) expected_.begin(true, now_);
      }
      health_since_ = now_;
    }
    tell(SimulateFault{on});
  }
  void start(const Event& event, bool starts) {
    if (starts) {
      expected_.on = true;
      was_crashed_ = false;
      expected_.failures = 0;
      expected_.registered = false;
      expected_.attempts = 0;
      expected_.attempt(now_);
      may_register_ = true;
      expected_.beat_at = expected_.check_at = now_ + offset_;
      expected_.report_now(now_);
      health_since_ = now_;
    }
    tell(event);
  }
  void stop(const Event& event) {
    if (std::holds_alternative<PowerOff>(event)) was_crashed_ = false;
    expected_.on = expected_.simulating = false;
    expected_.time_out = kNever;
    tell(event);
  }
  void tick() {
    bool beats = false;
    if (now_ >= expected_.register_at) {
      expected_.attempt(now_);
      may_register_ = true;
    }
    // With each check, and whenever the last one is an interval ago.
    if (now_ == expected_.beat_at || now_ == expected_.check_at) {
      beats = expected_.link_up && expected_.may_beat();
      expected_.beat_at = now_ + interval_;
    }
    if (now_ >= expected_.time_out) {
      expected_.time_out = kNever;
      expected_.check_at = now_ + interval_;
      expected_.fail(now_);
    } else if (now_ == expected_.check_at && expected_.simulating) {  // skipped (D-120)
      expected_.check_at += interval_;
      expected_.fail(now_);
    }
    const int before = heartbeats_;
    tell(Tick{});
    RC_ASSERT(heartbeats_ - before == (beats ? 1 : 0));  // D-115
  }
  void hear(const Answer& a) {
    if (expected_.time_out != kNever && a.number == expected_.number) {
      const SimTime asked = expected_.time_out - 1s;
      expected_.time_out = kNever;
      // What took no more than half an interval counts as given at once.
      expected_.check_at = (now_ - asked > interval_ / 2 ? now_ : asked) + interval_;
      is_good(a.engine) ? expected_.succeed(now_) : expected_.fail(now_);
    }
    if (a.engine == Engine::refuses) return tell(PingRefused{a.number});
    tell(Pong{a.number, a.engine != Engine::ko, Phase::activated});
  }

  void tell(const Event& event) {
    const bool was_on = monitor_.life == Life::on;
    for (const Effect& effect : step(monitor_, event, now_)) {
      RC_ASSERT((expected_.on || was_on));  // a dead monitor says nothing
      perform(effect);
    }
    may_register_ = false;
    RC_ASSERT((monitor_.life == Life::on) == expected_.on);
    RC_ASSERT(monitor_.unhealthy == expected_.unhealthy);
    RC_ASSERT(pending(monitor_) == expected_.pending());
    // What became pending now, and what it comes back with, is said now.
    const bool owes = expected_.on && expected_.link_up && !expected_.owed.empty();
    RC_ASSERT((!owes || !expected_.is_due_now || expected_.report_from > now_));
    expected_.is_due_now = false;
    RC_ASSERT((expected_.on || due(monitor_) == kNever));
  }
  void perform(const Effect& effect) {
    std::visit(Overloaded{
                   [this](const Ping& e) { hear_ping(e); },
                   [this](const Register&) { hear_register(); },
                   [this](const Heartbeat&) { ++heartbeats_; },
                   [this](const FaultReport& e) {
                     RC_ASSERT(e.reason == Reason::health_check_failed);
                     hear_report({e.at, true}, FaultAck{});
                   },
                   [this](const HealthyReport& e) {
                     hear_report({e.at, false}, HealthyAck{});
                   },
                   [this](const Throw&) { crashed(monitor_, now_); },
                   [](const Note&) {},
               },
               effect);
  }
  void hear_ping(const Ping& ping) {
    RC_ASSERT(!expected_.simulating);
    RC_ASSERT(expected_.time_out == kNever);  // one check at a time
    RC_ASSERT(now_ == expected_.check_at);
    RC_ASSERT(ping.number > expected_.number);
    expected_.check_at = kNever;
    expected_.number = ping.number;
    expected_.time_out = now_ + 1s;
    if (engine_ != Engine::silent)
      answers_.emplace(now_ + delay_of(engine_), Answer{ping.number, engine_});
  }
  void hear_register() {
    RC_ASSERT(expected_.link_up);
    RC_ASSERT(may_register_);
    may_register_ = false;
    if (!central_answers_) return;
    expected_.registered = true;
    expected_.register_at = kNever;
    acknowledge(RegisterAck{});
  }
  void hear_report(const Report& report, const Event& ack) {
    RC_ASSERT(expected_.link_up);
    RC_ASSERT(!expected_.owed.empty());
    // One event an episode, with the same content each time (D-117, D-118),
    RC_ASSERT(expected_.owed.front().is_fault == report.is_fault);
    RC_ASSERT(expected_.owed.front().at == report.at);
    RC_ASSERT(now_ >= expected_.report_from);  // repeated each interval,
    expected_.report_from = now_ + interval_;
    if (!central_answers_) return;
    expected_.owed.pop_front();  // until it is confirmed
    expected_.report_from = now_;
    acknowledge(ack);
  }
  void acknowledge(const Event& ack) {  // what may follow is the next report
    for (const Effect& effect : step(monitor_, ack, now_)) perform(effect);
  }

  /// All that is due has been asked for in time.
  void check_deadlines(SimTime next) const {
    if (!expected_.on) return;
    RC_ASSERT(next <= expected_.time_out);
    RC_ASSERT(next <= expected_.beat_at);
    RC_ASSERT(next <= expected_.register_at);
    RC_ASSERT(next <= expected_.check_at);
    const bool reports = !expected_.owed.empty() && expected_.link_up;
    RC_ASSERT((!reports || next <= expected_.report_from));
  }
  /// D-119, here for intervals up to 2.5 s; and as much for the recovery.
  void check_detection() const {
    if (!expected_.on || expected_.simulating) return;
    const Nanos since = now_ - std::max(engine_since_, health_since_);
    RC_ASSERT((is_good(engine_) || since < 15s || expected_.unhealthy));
    RC_ASSERT((!is_good(engine_) || since < interval_ + 2s || !expected_.unhealthy));
  }

  const Nanos interval_;
  const Nanos offset_;
  State monitor_;
  Expected expected_;
  SimTime now_{};
  Engine engine_ = Engine::ok;
  SimTime engine_since_{};  // it has been good, or not, since then
  SimTime health_since_{};  // and the monitor has looked at it since then
  bool central_answers_ = true;
  bool was_crashed_ = false;
  bool may_register_ = false;
  int heartbeats_ = 0;
  std::multimap<SimTime, Answer> answers_;
};

TEST(MonitorProperties, ChecksBeatsAndReportsAsItOwesWhateverHappens) {  // D-114 to D-120
  test::check_cases(1'000, [] {
    const Millis interval{*rc::gen::inRange<std::int64_t>(1'000, 2'501).as("interval, ms")};
    const Millis offset{*rc::gen::inRange<std::int64_t>(0, 1'001).as("offset, ms")};
    Bench bench{interval, offset};
    bench.play({What::power, 1});
    for (const Step& step : *test::any_trace(240, any_step, simpler).as("life")) bench.play(step);
    bench.pass(30s);
  });
}

}  // namespace
}  // namespace chargemill::monitor
