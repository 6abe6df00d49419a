#include "runtime/agreement/agreement.hpp"

#include <time.h>

#include <algorithm>
#include <future>
#include <utility>

#include "runtime/agreement/etcd_client.hpp"
#include "runtime/net/alarm.hpp"
#include "runtime/net/io_thread.hpp"

namespace chargemill::runtime::agreement {
namespace {

constexpr std::chrono::seconds kGoodbyeMax{2};
constexpr Nanos kPatienceMax = std::chrono::seconds{2};

/// A call ends within a fifth of the lease (`Ask`). A member that hangs costs a twentieth of it,
/// and two of them leave time for a third.
EtcdAccess access_of(Agreement::Options& options) {
  const Nanos lease{options.member.lease};
  EtcdAccess access{std::move(options.etcd)};
  access.patience = std::min(lease / 6, kPatienceMax);
  access.hedge_after = std::min(lease / 20, access.patience / 3);
  access.tls = std::move(options.etcd_tls);
  return access;
}

}  // namespace

MachineTime machine_now() noexcept {
  timespec now{};
  (void)clock_gettime(CLOCK_BOOTTIME, &now);
  return MachineTime{std::chrono::seconds{now.tv_sec} + Nanos{now.tv_nsec}};
}

/// What happens on the thread: it carries events and actions, it decides nothing.
class Agreement::Life {
 public:
  Life(Agreement& owner, IoThread& io, Options options, Listener listener)
      : owner_(owner),
        listener_(std::move(listener)),
        member_(options.member, machine_now()),
        etcd_(std::make_shared<EtcdClient>(io, access_of(options))),
        alarm_(io.context()) {}

  void on(const Event& event) {
    for (const auto& action : member_.on(event, machine_now()))
      std::visit([this](const auto& a) { perform(a); }, action);
    publish();
    const MachineTime at = member_.wake_at();
    if (at == MachineTime::max()) return alarm_.clear();
    alarm_.set(std::max(Nanos{0}, at - machine_now()), [this] { on(Tick{}); });
  }
  /// `done` is called once nobody waits for this node's lease any more, if that can be had.
  void leave(std::function<void()> done) {
    left_ = std::move(done);
    if (!member_.is_stopped()) on(Leave{});
    if (!is_revoking_) say_left();
  }
  void close() {
    alarm_.clear();
    etcd_->stop();
  }

 private:
  void perform(const Ask& ask) {
    const bool is_revoke = std::holds_alternative<Revoke>(ask.request);
    is_revoking_ = is_revoking_ || is_revoke;
    etcd_->call(ask.request, [this, call = ask.call, is_revoke](const Result<Answer>& answer) {
      if (is_revoke) is_revoking_ = false;
      if (is_revoke) return say_left();
      if (answer) return on(Answered{call, *answer});
      last_error_ = answer.error().text;
      on(Unanswered{call, answer.error().text});
    });
  }
  void perform(const BeginWatch& begin) {
    etcd_->watch(
        member_.options().prefix, begin.from, [this](const Changes& changes) { on(changes); },
        [this](const WatchEnd& end) { on(WatchLost{end.why}); });
  }
  void perform(const Drain& drain) {
    if (listener_.on_drain) return listener_.on_drain(drain.epoch);
    owner_.drained(drain.epoch);  // nothing runs that would have to end
  }
  void perform(const TellLetGo& tell) {
    if (listener_.on_tell) listener_.on_tell(tell);
  }
  void perform(const Note& note) {
    if (listener_.on_note) listener_.on_note(note);
  }
  void perform(const Stop& stop) {
    stopped_ = stop.why;
    etcd_->stop_watching();
    if (listener_.on_stop) listener_.on_stop(stop.why);
  }

  void say_left() {
    if (const auto left = std::exchange(left_, nullptr)) left();
  }

  void publish() {
    const MachineTime until = member_.acts_until();
    if (std::exchange(until_, until) != until && listener_.on_tenure) listener_.on_tenure(until);
    const bool is_new = seen_ != member_.view().revision;
    seen_ = member_.view().revision;
    if (is_new && listener_.on_view) listener_.on_view(member_.view());
    const std::lock_guard lock{owner_.mutex_};
    Status& status = owner_.status_;
    if (is_new) status.view = member_.view();
    status.self = member_.self();
    status.trouble = member_.trouble();
    status.stopped = stopped_;
    status.last_error = last_error_;
    status.is_name_taken = member_.is_name_taken();
    owner_.changed_.notify_all();
  }

  Agreement& owner_;
  const Listener listener_;
  Member member_;
  std::shared_ptr<EtcdClient> etcd_;
  Alarm alarm_;
  Revision seen_{};                         // of the last view that was shown
  MachineTime until_ = MachineTime::min();  // as it was told last
  std::string stopped_;
  std::string last_error_;
  std::function<void()> left_;
  bool is_revoking_ = false;
};

Agreement::Agreement(Options options, Listener listener)
    : io_(std::make_unique<IoThread>()),
      life_(std::make_shared<Life>(*this, *io_, std::move(options), std::move(listener))) {
  post(Tick{});
}

// NOLINTNEXTLINE(bugprone-exception-escape): out of memory ends the process
Agreement::~Agreement() {
  auto left = std::make_shared<std::promise<void>>();
  auto is_left = left->get_future();
  io_->poster()->post([life = life_, left] { life->leave([left] { left->set_value(); }); });
  (void)is_left.wait_for(kGoodbyeMax);
  auto closed = std::make_shared<std::promise<void>>();
  io_->poster()->post([life = life_, closed] {
    life->close();
    closed->set_value();
  });
  closed->get_future().wait();
  io_->stop();
}

void Agreement::post(Event event) {
  io_->poster()->post([life = life_, event = std::move(event)] { life->on(event); });
}

void Agreement::drained(Revision epoch) { post(Drained{epoch}); }
void Agreement::let_go(const LetGo& heard) { post(heard); }
void Agreement::part_with() { post(PartWith{}); }
void Agreement::hand_on(const Owner& to) { post(HandOn{to}); }
void Agreement::lead_on() { post(LeadOn{}); }
void Agreement::leave() { post(Leave{}); }
void Agreement::welcome(const Owner& who) { post(Welcome{who}); }

Agreement::Status Agreement::status() const {
  const std::lock_guard lock{mutex_};
  return status_;
}

bool Agreement::await(const std::function<bool(const Status&)>& fits, Nanos patience) const {
  std::unique_lock lock{mutex_};
  return changed_.wait_for(lock, patience, [&] { return fits(status_); });
}

}  // namespace chargemill::runtime::agreement
