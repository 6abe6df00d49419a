// A driver against what D-122 to D-131 say of it, whatever central, the links and people do.
#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <set>
#include <utility>
#include <vector>

#include "actors/driver/driver.hpp"
#include "runtime/base/overloaded.hpp"
#include "tests/actors/driver/fake_central.hpp"
#include "tests/actors/driver/steps.hpp"
#include "tests/support/traces.hpp"

namespace chargemill::driver {
namespace {

using namespace std::chrono_literals;

constexpr DriverId kMe{7};

/// The request under way, as D-123 to D-125 and D-129 see it.
struct Open {
  RequestId id{};
  PointId point{};
  bool in_zone = false;
  bool is_issued = false;
  bool is_heard = false;
  std::optional<bool> let_in;
  SimTime news{};
};

class Bench {
 public:
  Bench(Mode mode, std::size_t lines, Nanos first_wait) : mode_(mode) {
    for (std::uint32_t i = 0; i < lines; ++i) plan_.lines.push_back(PointId{i});
    plan_.first_wait = first_wait;
    driver_ = make_state(kMe, mode, plan_);
    if (mode == Mode::list && lines > 0) line_at_ = now_ + first_wait;
    if (first_wait == Nanos{0}) begin_line_if_due();
    tell(PowerOn{});
  }
  Bench(const Bench&) = delete;
  Bench& operator=(const Bench&) = delete;

  void play(const Step& step) {
    switch (step.what) {
      case What::wait:
        return pass(Millis{step.n});
      case What::ticket_again:
        return send_unconfirmed();
      case What::foreign:
        return send_foreign();
      case What::link:
        return set_link(step.n != 0);
      case What::leave:
        away_ = true;
        return tell(Leave{});
      case What::crash:
        away_ = true;
        return tell(Crash{});
      case What::come_back:
        return come_back(Return{});
      case What::restart:
        return come_back(Restart{});
      case What::trip:
        return trip(step.n != 0);
      case What::halt:
        halted_ = true;
        if (!open_) line_at_ = kNever;
        if (rest_at_ != kNever) idles_ = true;
        rest_at_ = kNever;
        return tell(Halt{});
      case What::shard:  // one that is down hears nothing; then it says what it keeps (D-083)
        is_deaf_ = step.n == 0;
        if (!is_deaf_) send_unconfirmed();
        return;
      default:
        decide(step.what);
    }
  }
  /// Everybody is there; the last request ends, and all tickets have come (D-083, D-129).
  void settle() {
    set_link(true);
    come_back(Return{});
    play({What::shard, 1});
    play({What::halt});
    pass(31s);
    pass(11s);  // what it gave up last has been cancelled too
    RC_ASSERT(!open_);
    RC_ASSERT(!driver_.unsettled);
    RC_ASSERT(driver_.totals.tickets == central_.tickets().size());
    for (const SessionId s : central_.tickets()) RC_ASSERT(central_.is_confirmed(s));
  }

 private:
  [[nodiscard]] bool in_reach() const { return linked_ && !away_; }

  void pass(Nanos time) {
    const SimTime end = now_ + time;
    for (;;) {
      const SimTime next = std::max(now_, due(driver_));
      const SimTime cancel = in_reach() && !cancels_.empty() ? cancel_at_ : kNever;
      const SimTime stage = open_ ? open_->news + plan_.timeout : std::min(line_at_, rest_at_);
      RC_ASSERT((away_ || next <= std::max(now_, std::min(stage, cancel))));
      RC_ASSERT((away_ || !open_ || next == std::max(now_, std::min(stage, cancel))));
      if (next > end) break;
      now_ = next;
      tick();
    }
    now_ = end;
  }
  void tick() {
    if (in_reach() && !cancels_.empty() && now_ >= cancel_at_) expect_cancels();
    if (open_ && now_ >= open_->news + plan_.timeout) {
      give_up();
    } else if (!open_ && now_ >= rest_at_) {
      rest_at_ = kNever;
      idles_ = true;
    } else if (!open_) {
      begin_line_if_due();
    }
    tell(Tick{});
    RC_ASSERT(!gives_up_);
  }
  void begin_line_if_due() {
    if (line_at_ > now_) return;
    line_at_ = kNever;
    begin({{}, plan_.lines[next_line_++], false, false, false, {}, {}});
  }
  void begin(const Open& request) {
    open_ = request;
    open_->id = request_id(kMe, ++requests_);
    open_->news = now_;
    begins_ = in_reach();
  }
  /// D-125: timed out and nothing else.
  void give_up() {
    gives_up_ = open_->id;
    if (open_->let_in.value_or(false)) --accepted_;
    ++timed_out_;
    if (open_->is_issued && (!open_->in_zone || open_->is_heard)) expect_cancel(open_->id);
    over();
  }
  /// All that are not answered are said again.
  void expect_cancels() {
    said_now_ = cancels_;
    cancel_at_ = now_ + kCancelAgain;
  }
  void over() {
    open_.reset();
    const bool has_line = mode_ == Mode::list && next_line_ < plan_.lines.size() && !halted_;
    line_at_ = has_line ? now_ + plan_.pause : kNever;
    if (mode_ != Mode::fleet) return;
    idles_ = halted_;
    rest_at_ = halted_ ? kNever : now_ + plan_.pause;
  }

  void set_link(bool up) {
    const bool comes_back = up && !linked_;
    linked_ = up;
    reconnects_ = comes_back && !away_;
    if (reconnects_) expect_cancels();
    may_repeat_ = reconnects_;
    tell(up ? Event{LinkUp{}} : Event{LinkDown{}});
  }
  void come_back(const Event& event) {
    reconnects_ = away_ && linked_;
    may_repeat_ = false;
    if (away_ && open_) open_->news = now_;
    away_ = false;
    if (reconnects_) expect_cancels();
    tell(event);
  }
  void trip(bool in_zone) {
    if (!open_) {
      line_at_ = rest_at_ = kNever;
      begin({{}, in_zone ? kUnknownPoint : PointId{9}, in_zone, false, false, {}, {}});
    }
    tell(Trip{now_, Energy{100}, 60s, PointId{9}, ZoneId{1}, in_zone});
  }
  void decide(What what) {
    constexpr UpdateStatus kStatus[] = {UpdateStatus::accepted, UpdateStatus::denied,
                                        UpdateStatus::in_progress, UpdateStatus::completed,
                                        UpdateStatus::failed};
    central_.decide(kStatus[static_cast<std::size_t>(what) - 1]);
    if (const auto request = central_.last_request()) send_update(*request);
    send_unconfirmed();
  }
  /// One of another driver, one of a request that it never made: as if they had not come (D-126).
  void send_foreign() {
    const SimTime before = due(driver_);
    DriverUpdate update{};
    update.driver = DriverId{8};
    update.request = driver::current_request(driver_);
    update.status = UpdateStatus::completed;
    RC_ASSERT(step(driver_, update, now_).empty());
    update.driver = kMe;
    update.request = request_id(kMe, requests_ + 1);
    RC_ASSERT(step(driver_, update, now_).empty());
    RC_ASSERT(due(driver_) == before);
    check_counts();
  }
  void send_update(RequestId request) {
    const auto update = central_.update(request);
    if (!update || !linked_) return;
    if (!away_ && is_end(*update))
      cancels_.erase(std::remove(cancels_.begin(), cancels_.end(), request), cancels_.end());
    const bool is_open = open_ && open_->id == request;
    if (!away_ && is_open) count(*update);
    if (!away_ && !is_open && !is_end(*update)) take_back(request);
    tell(*update);
  }
  /// It was let in, and has been given up: cancelled, unless it has been before (D-125).
  void take_back(RequestId request) {
    if (std::find(cancels_.begin(), cancels_.end(), request) == cancels_.end())
      expect_cancel(request);
  }
  void expect_cancel(RequestId request) {
    if (cancels_.empty()) cancel_at_ = now_ + kCancelAgain;
    if (cancels_.size() == kCancelsMax) cancels_.pop_front();
    cancels_.push_back(request);
    if (in_reach()) said_now_.push_back(request);
  }
  static bool is_end(const DriverUpdate& update) {
    return update.status != UpdateStatus::accepted && update.status != UpdateStatus::in_progress;
  }
  void count(const DriverUpdate& update) {
    open_->news = now_;
    open_->is_heard = true;
    const bool is_in = update.status != UpdateStatus::denied && update.session != SessionId::none;
    if (!open_->let_in) {
      open_->let_in = is_in;
      ++(is_in ? accepted_ : denied_);
    }
    if (is_end(update)) over();
  }
  void send_unconfirmed() {
    for (const SessionId session : std::vector<SessionId>(central_.tickets()))
      if (!central_.is_confirmed(session)) send_ticket(session);
  }
  void send_ticket(SessionId session) {
    if (!linked_) return;
    Ticket ticket{};
    ticket.driver = kMe;
    ticket.session = session;
    // One for which there is no room is left to its shard.
    const bool has_room = unsettled_.size() < kTicketsMax || unsettled_.count(session) != 0;
    confirms_ = !away_ && has_room;
    has_left_ = has_left_ || (!away_ && !has_room);
    if (confirms_) {
      unsettled_.insert(session);
      taken_.insert(session);
    }
    tell(ticket);
    RC_ASSERT(!confirms_);
  }

  void tell(const Event& event) {
    const bool was_away = away_;
    for (const Effect& effect : step(driver_, event, now_)) {
      RC_ASSERT((!was_away || std::holds_alternative<Throw>(effect) ||
                 std::holds_alternative<DriverIdle>(effect) ||
                 std::holds_alternative<Finished>(effect)));
      perform(effect);
    }
    RC_ASSERT((!begins_ && !reconnects_ && !idles_));
    RC_ASSERT(said_now_.empty());
    check_counts();
    answer();
    if (std::exchange(asks_, false)) send_update(open_->id);
    if (std::exchange(has_news_, false)) send_unconfirmed();
  }
  /// What a shard says to cancels and confirmations that it has heard.
  void answer() {
    for (const RequestId request : std::exchange(cancelled_, {})) send_update(request);
    for (const SessionId session : std::exchange(confirmed_, {})) {
      unsettled_.erase(session);
      may_return_ = has_left_ && in_reach() && unsettled_.size() < kTicketsMax;
      has_left_ = has_left_ && !may_return_;
      tell(TicketSettled{session, kMe, false});
      may_return_ = false;
    }
  }
  void perform(const Effect& effect) {
    std::visit(Overloaded{
                   [this](const ChargeRequest& e) { hear_request(e.request, e.point, false); },
                   [this](const ZoneRequest& e) { hear_request(e.request, kUnknownPoint, true); },
                   [this](const CancelRequest& e) {
                     RC_ASSERT(in_reach());
                     const auto said = std::find(said_now_.begin(), said_now_.end(), e.request);
                     RC_ASSERT(said != said_now_.end());  // once, and of nothing else
                     said_now_.erase(said);
                     if (is_deaf_) return;
                     central_.cancel(e.request);
                     cancelled_.push_back(e.request);
                     has_news_ = true;
                   },
                   [this](const AskRequest& e) {
                     RC_ASSERT((in_reach() && open_ && open_->id == e.request));
                     RC_ASSERT(open_->is_issued);
                     asks_ = true;
                   },
                   [this](const TicketAck& e) {
                     RC_ASSERT((in_reach() && unsettled_.count(e.session) != 0));
                     confirms_ = false;
                     if (is_deaf_) return;
                     central_.confirm(e.session);
                     confirmed_.push_back(e.session);
                   },
                   [this](const DriverReturned&) {
                     RC_ASSERT((in_reach() && (reconnects_ || may_return_)));
                     reconnects_ = false;
                     has_left_ = false;
                     has_news_ = true;
                   },
                   [this](const DriverIdle&) {
                     RC_ASSERT(idles_);
                     idles_ = false;
                   },
                   [this](const TimedOut& e) {
                     RC_ASSERT(gives_up_ == e.request);
                     gives_up_.reset();
                   },
                   [this](const Finished& e) {
                     RC_ASSERT((e.done == next_line_ && e.total == plan_.lines.size()));
                     RC_ASSERT((!open_ && (halted_ || e.done == e.total)));
                   },
                   [](const auto&) {},
               },
               effect);
  }
  /// A new request is said once (D-123, D-124); an old one only if nobody can have heard it.
  void hear_request(RequestId request, PointId point, bool in_zone) {
    RC_ASSERT(in_reach());
    RC_ASSERT((open_ && open_->id == request));
    RC_ASSERT((open_->in_zone == in_zone && open_->point == point));
    RC_ASSERT((!open_->is_issued || (may_repeat_ && !open_->is_heard && !in_zone)));
    open_->is_issued = true;
    begins_ = false;
    central_.hear(request);
  }
  void check_counts() const {
    const Totals& t = driver_.totals;
    RC_ASSERT(t.sent == requests_);
    RC_ASSERT(t.accepted == accepted_);
    RC_ASSERT(t.denied == denied_);
    RC_ASSERT(t.timed_out == timed_out_);
    RC_ASSERT((open_of(t) == (open_ && !open_->let_in ? 1U : 0U)));
    RC_ASSERT(t.tickets == taken_.size());  // each once
  }

  const Mode mode_;
  Plan plan_;
  State driver_;
  FakeCentral central_{kMe};
  SimTime now_{};
  bool linked_ = true;
  bool away_ = false;
  bool halted_ = false;
  std::optional<Open> open_;
  SimTime line_at_ = kNever;  // the next line's turn
  std::size_t next_line_ = 0;
  std::uint32_t requests_ = 0, accepted_ = 0, denied_ = 0, timed_out_ = 0;
  std::deque<RequestId> cancels_;  // not answered
  SimTime cancel_at_{};            // when they are said again
  std::set<SessionId> unsettled_;  // tickets that may come again
  std::set<SessionId> taken_;      // all that ever came
  SimTime rest_at_ = kNever;       // a fleet's driver is free again
  bool is_deaf_ = false;           // the shard is down: what it is told is lost
  bool has_left_ = false;          // a ticket, for want of room
  // What the next step has to say.
  bool begins_ = false, reconnects_ = false, may_repeat_ = false, idles_ = false;
  bool confirms_ = false, asks_ = false, has_news_ = false, may_return_ = false;
  std::deque<RequestId> said_now_;
  std::vector<RequestId> cancelled_;
  std::vector<SessionId> confirmed_;
  std::optional<RequestId> gives_up_;
};

TEST(DriverProperties, CountsEachRequestOnceAndKeepsEveryTicketWhateverHappens) {
  // D-083, D-123 to D-126, D-128, D-129, D-131; law 5
  test::check_cases(1'000, [] {
    const Mode mode = *rc::gen::arbitrary<bool>().as("fleet's") ? Mode::fleet : Mode::list;
    const auto lines = *rc::gen::inRange<std::size_t>(0, 8).as("lines");
    const Nanos first_wait{*rc::gen::element<std::int64_t>(0, 2'000'000'000).as("first wait, ns")};
    Bench bench{mode, lines, first_wait};
    for (const Step& step : *test::any_trace(400, any_step, simpler).as("life")) bench.play(step);
    bench.settle();
  });
}

}  // namespace
}  // namespace chargemill::driver
