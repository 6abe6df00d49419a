#include "actors/shell/recorder.hpp"

#include <algorithm>

#include "actors/archive/subjects.hpp"

namespace chargemill {
namespace {

/// Between two tries of one who waits for room; room wakes it earlier.
constexpr Nanos kPatience = Millis{20};
/// A queue that is filled to less than this part has much room: a burst is not made longer.
constexpr std::uint64_t kMuchRoom = 16;

}  // namespace

Recorder::Recorder(runtime::journal::Journal& journal, const NameBook& names,
                   archive::Origin origin, Pace pace, WrittenBefore* before)
    : journal_(journal),
      names_(names),
      pace_(pace),
      before_(before),
      encoder_(origin),
      appender_(&journal.add_appender([this](std::uint64_t) { wake_askers(); })) {}

bool Recorder::try_append(const archive::Record& record) {
  if (!append(record)) return false;
  say_run_again(record);
  return true;
}

/// Behind the mark, so that whoever keeps the round keeps it too.
void Recorder::say_run_again(const archive::Record& after) {
  if (!run_) return;
  const auto* const mark = std::get_if<archive::RoundMark>(&after);
  if (mark != nullptr && !teller_) teller_ = mark->shard;
  if (mark != nullptr && !mark->is_end && mark->shard == teller_) owed_ = mark->at;
  if (owed_ && append(archive::RunAgain{*owed_, *run_})) owed_.reset();
}

bool Recorder::append(const archive::Record& record) {
  const archive::Subjects ids = archive::subjects_of(record);
  NameBuffer point_buffer;
  NameBuffer driver_buffer;
  std::string_view point;
  std::string_view driver;
  if (ids.point != kUnknownPoint) point = names_.point(ids.point, point_buffer);
  if (ids.driver != kNobody) driver = names_.driver(ids.driver, driver_buffer);
  const bool is_of_run = std::holds_alternative<archive::RunBegan>(record) ||
                         std::holds_alternative<archive::RunAgain>(record);
  if (is_of_run) point = names_.run;
  std::string request;  // rare: sessions of drivers outside
  if (const auto* const named = std::get_if<archive::RequestNamed>(&record);
      named != nullptr && names_.request) {
    request = names_.request(named->request);
    point = request;
  }
  const auto& written = encoder_.encode(record, {point, driver});
  if (before_ != nullptr && before_->take(written)) return true;
  while (!appender_->try_append(written)) {
    if (pace_ == Pace::real_time) return false;
    (void)journal_.wait_room(*appender_, kPatience);
  }
  return true;
}

bool Recorder::has_much_room() const {
  if (pace_ == Pace::own_time) return true;  // whoever may wait for room has it

  return appender_->depth() < appender_->capacity() / kMuchRoom;
}

bool Recorder::holds_promises() const {
  // relaxed: a flag that stays once it is set; whoever sees it late holds a little longer.
  return pace_ == Pace::real_time && !is_abandoned_.load(std::memory_order_relaxed);
}

void Recorder::add_waiter(archive::Waiter& waiter, std::function<void()> wake) {
  const std::lock_guard<std::mutex> lock(mutex_);
  waiters_.emplace_back(&waiter, std::move(wake));
}

void Recorder::wake_askers() {
  const std::lock_guard<std::mutex> lock(mutex_);
  for (const auto& [waiter, wake] : waiters_) {
    // acq_rel: what has become durable before is seen by one who asks later; pairs with the
    // exchange of Clerk::must_look().
    if (waiter->is_asking.exchange(false, std::memory_order_acq_rel)) wake();
  }
}

void Recorder::forget(ShardId shard, archive::Waiter& waiter) {
  if (teller_ == shard) teller_.reset();  // the next one whose round begins says it
  const std::lock_guard<std::mutex> lock(mutex_);
  waiters_.erase(std::remove_if(waiters_.begin(), waiters_.end(),
                                [&](const auto& one) { return one.first == &waiter; }),
                 waiters_.end());
}

void Recorder::stop_waking() {
  const std::lock_guard<std::mutex> lock(mutex_);
  waiters_.clear();
}

void Recorder::abandon() noexcept {
  is_abandoned_.store(true, std::memory_order_relaxed);  // relaxed: see holds_promises()
}

}  // namespace chargemill
