#include "runtime/journal/journal.hpp"

#include <algorithm>
#include <new>

namespace chargemill::runtime::journal {
namespace {

/// The longest a sleeping writer goes without a look. Nothing depends on it.
constexpr Nanos kSleepMax = Millis{1'000};
/// Between two looks at a batch that is not full yet.
constexpr Nanos kNap = Millis{1};
constexpr Nanos kRetryFirst = Millis{100};
constexpr Nanos kRetryMax = Millis{1'000};

/// A counter that one thread writes. relaxed: it orders nothing.
void add(std::atomic<std::uint64_t>& counter, std::uint64_t more) noexcept {
  counter.store(counter.load(std::memory_order_relaxed) + more, std::memory_order_relaxed);
}

}  // namespace

Result<std::unique_ptr<Journal>> Journal::open(JournalOptions options) {
  if (const auto made = make_directory(options.chain.directory); !made)
    return tl::unexpected(made.error());
  auto lock = WriterLock::take(options.chain.directory);
  if (!lock) return tl::unexpected(lock.error());
  auto chain = SegmentChain::open(options.chain);
  if (!chain) return tl::unexpected(chain.error());
  // The constructor is private.
  return std::unique_ptr<Journal>{
      new Journal(std::move(options), std::move(*lock), std::move(*chain))};
}

Journal::Journal(JournalOptions options, WriterLock lock, SegmentChain chain)
    : options_(std::move(options)), lock_(std::move(lock)), chain_(std::move(chain)) {
  CHARGEMILL_ASSERT(options_.batch_records > 0);
  CHARGEMILL_ASSERT(options_.batch_max >= options_.batch_records);
  batch_.reserve(options_.batch_max);
  shares_.reserve(kAppendersMax);
  last_.store(chain_.next() - 1, std::memory_order_relaxed);  // relaxed: before the thread starts
  writer_ = std::thread([this] { run(); });
}

Journal::~Journal() { close(); }

void Journal::close() {
  if (!writer_.joinable()) return;
  // release: what was appended before is seen by the writer's last look; pairs with acquire in
  // run() and try_again().
  stop_.store(true, std::memory_order_release);
  wake_.wake();
  writer_.join();
}

void Journal::hurry() noexcept {
  // relaxed: a flag that stays once it is set; the wake-up below is what it is seen by.
  if (!is_hurried_.exchange(true, std::memory_order_relaxed)) wake_.wake();
}

Appender& Journal::add_appender(Appender::OnDurable on_durable) {
  // relaxed: only this function writes it.
  const std::size_t count = appender_count_.load(std::memory_order_relaxed);
  CHARGEMILL_ASSERT(count < kAppendersMax);
  appenders_[count] =
      std::make_unique<Appender>(options_.queue_records, wake_, std::move(on_durable));
  // release: publishes the appender; pairs with acquire wherever the count is read.
  appender_count_.store(count + 1, std::memory_order_release);
  // A writer that sleeps has not announced it to this one.
  wake_.wake();
  return *appenders_[count];
}

bool Journal::wait_durable(const Appender& appender, std::uint64_t count, Nanos patience) {
  std::unique_lock<std::mutex> lock(mutex_);
  (void)progress_.wait_for(lock, patience, [&] {
    // relaxed: discard() takes the mutex once it is so, and wakes those who wait.
    const bool is_over = state_.load(std::memory_order_relaxed) == JournalState::abandoned;
    return is_over || appender.told_ >= count;
  });
  return appender.told_ >= count;
}

bool Journal::wait_room(const Appender& appender, Nanos patience) {
  std::unique_lock<std::mutex> lock(mutex_);
  // Slots are freed before the writer takes the mutex to wake those who wait.
  return progress_.wait_for(lock, patience, [&] { return appender.depth() < appender.capacity(); });
}

void Journal::run() {
  Clock::time_point since = Clock::now();
  for (;;) {
    // acquire: pairs with release in the destructor; read before the queues, so that what they
    // hold now is all.
    const bool stopping = stop_.load(std::memory_order_acquire);
    const std::uint64_t ready = waiting();
    if (ready == 0) {
      if (stopping) return end();
      look_beside();  // a seal may have failed since the last batch
      if (announce_sleep()) wake_.sleep(kSleepMax);
      since = Clock::now();
      continue;
    }
    const bool due =
        stopping || ready >= options_.batch_records || Clock::now() - since >= options_.batch_time;
    if (!due) {
      sleep_for_more(since);
      continue;
    }
    // What comes from now on waits for the next batch, from now on.
    since = Clock::now();
    gather();
    // relaxed: only this thread writes it.
    if (state_.load(std::memory_order_relaxed) == JournalState::abandoned)
      discard();
    else
      write_batch();
  }
}

std::uint64_t Journal::waiting() const noexcept {
  std::uint64_t sum = 0;
  // acquire: pairs with release in add_appender().
  const std::size_t count = appender_count_.load(std::memory_order_acquire);
  for (std::size_t i = 0; i < count; ++i)
    sum += appenders_[i]->ring_.pushed() - appenders_[i]->taken_;
  return sum;
}

bool Journal::announce_sleep() noexcept {
  bool nothing_came = true;
  // acquire: pairs with release in add_appender().
  const std::size_t count = appender_count_.load(std::memory_order_acquire);
  for (std::size_t i = 0; i < count; ++i)
    nothing_came = appenders_[i]->ring_.try_sleep(appenders_[i]->taken_) && nothing_came;
  return nothing_came;
}

void Journal::sleep_for_more(Clock::time_point since) noexcept {
  const Nanos left = options_.batch_time - (Clock::now() - since);
  if (left > Nanos{0}) wake_.sleep(std::min(left, kNap));
}

void Journal::gather() {
  batch_.clear();
  shares_.clear();
  batch_bytes_ = 0;
  const std::uint64_t bytes_max = chain_.batch_bytes_max();
  // acquire: pairs with release in add_appender().
  const std::size_t count = appender_count_.load(std::memory_order_acquire);
  for (std::size_t i = 0; i < count; ++i) {
    Appender& appender = *appenders_[(turn_ + i) % count];
    const std::uint64_t pushed = appender.ring_.pushed();
    std::uint64_t upto = appender.taken_;
    for (; upto < pushed && batch_.size() < options_.batch_max; ++upto) {
      const AppenderRing::Slot& slot = appender.ring_.slot(upto);
      if (batch_bytes_ + slot.bytes > bytes_max) break;
      batch_bytes_ += slot.bytes;
      batch_.push_back({slot.record, slot.bytes});
    }
    if (upto != appender.taken_) shares_.push_back({&appender, upto});
  }
  ++turn_;
  CHARGEMILL_ASSERT(!batch_.empty());
}

void Journal::write_batch() {
  const auto since = Clock::now();
  for (unsigned tries = 1;; ++tries) {
    const auto started = Clock::now();
    const auto written = chain_.write(batch_);
    segments_.store(chain_.begun(), std::memory_order_relaxed);  // relaxed: a counter
    if (written) {
      commit_times_.record(Clock::now() - started);
      break;
    }
    if (!try_again(written.error(), tries, since)) return discard();
  }
  if (news_.ended()) tell(JournalState::working, {});
  look_beside();
  acknowledge();
  if (Clock::now() - cleared_ < options_.clear_readers_every) return;
  cleared_ = Clock::now();
  chain_.clear_dead_readers();
}

void Journal::note_failure(const Error& error) {
  add(failures_, 1);
  const std::lock_guard<std::mutex> lock(mutex_);
  try {
    last_failure_ = error.text;
  } catch (const std::bad_alloc&) {
    last_failure_ = no_memory().text;
  }
}

/// Notes a failure and rests before the next try if the first ones failed; false: no more tries.
bool Journal::try_again(const Error& error, unsigned tries, Clock::time_point since) {
  note_failure(error);
  if (tries < kTriesAtOnce) {
    // relaxed: only this thread writes it.
    note_trouble(state_.load(std::memory_order_relaxed), error.text);
    return true;
  }
  // acquire: as in run().
  const bool stopping = stop_.load(std::memory_order_acquire);
  // relaxed: see hurry().
  const bool hurried = is_hurried_.load(std::memory_order_relaxed);
  if (stopping || hurried || Clock::now() - since >= options_.give_up_after) {
    note_trouble(JournalState::abandoned, error.text);
    return false;
  }
  note_trouble(JournalState::stalled, error.text);
  const unsigned doublings = std::min(tries - kTriesAtOnce, 4U);
  wake_.sleep(std::min(kRetryFirst * (1U << doublings), kRetryMax));
  return true;
}

/// A batch has failed, and this is what that leads to.
void Journal::note_trouble(JournalState state, const std::string& why) {
  // relaxed: only this thread writes it.
  const bool is_new = state_.load(std::memory_order_relaxed) != state;
  if (news_.failed(is_new, Clock::now())) tell(state, why);
}

void Journal::tell(JournalState state, const std::string& why) {
  // relaxed: only this thread writes it; for others it is a look.
  state_.store(state, std::memory_order_relaxed);
  if (!options_.on_state) return;
  try {
    options_.on_state(state, why);
  } catch (const std::bad_alloc&) {  // who looks at status() hears of it all the same
  }
}

/// Whether something failed that no record waits for, and so has no end to be told of.
void Journal::look_beside() {
  try {
    (void)note_beside();
    say(news_.next_mention(Clock::now()));
  } catch (const std::bad_alloc&) {  // status() has counted it
  }
}

/// False: nothing did.
bool Journal::note_beside() {
  auto failure = chain_.take_failure();
  if (!failure) return false;
  note_failure(*failure);
  news_.mention(std::move(failure->text));
  return true;
}

/// There is no later turn: all that is known is told, each of its own.
void Journal::end() {
  say(news_.last_mention());
  chain_.finish_seal();
  while (note_beside()) say(news_.last_mention());
}

/// Once the journal is abandoned nothing beside it matters.
void Journal::say(const std::optional<std::string>& mention) {
  // relaxed: only this thread writes it.
  const JournalState state = state_.load(std::memory_order_relaxed);
  if (mention && state != JournalState::abandoned) tell(state, *mention);
}

void Journal::acknowledge() {
  // relaxed (all): counters that this thread alone writes.
  last_.store(chain_.next() - 1, std::memory_order_relaxed);
  add(commits_, 1);
  add(records_, batch_.size());
  add(bytes_, batch_bytes_);
  const std::uint64_t largest = batch_max_.load(std::memory_order_relaxed);
  batch_max_.store(std::max<std::uint64_t>(largest, batch_.size()), std::memory_order_relaxed);
  for (const Share& share : shares_) {
    share.appender->taken_ = share.upto;
    share.appender->ring_.release(share.upto);
    // release: the records are on disk; pairs with acquire in Appender::durable().
    share.appender->durable_.store(share.upto, std::memory_order_release);
    if (share.appender->on_durable_) share.appender->on_durable_(share.upto);
  }
  // Under the lock, so that nobody who is about to wait misses it.
  const std::lock_guard<std::mutex> lock(mutex_);
  for (const Share& share : shares_) share.appender->told_ = share.upto;
  progress_.notify_all();
}

/// Makes room without an acknowledgement: durable() stays what it was, for ever.
void Journal::discard() {
  add(discarded_, batch_.size());
  for (const Share& share : shares_) {
    share.appender->taken_ = share.upto;
    share.appender->ring_.release(share.upto);
    // Whoever found the queue full hears of room from nobody else.
    if (share.appender->on_durable_) share.appender->on_durable_(share.appender->durable());
  }
  // Under the lock, so that nobody who is about to wait misses it.
  const std::lock_guard<std::mutex> lock(mutex_);
  progress_.notify_all();
}

JournalStatus Journal::status() const {
  JournalStatus result;
  // relaxed (all): a look.
  result.state = state_.load(std::memory_order_relaxed);
  result.durable = last_.load(std::memory_order_relaxed);
  result.commits = commits_.load(std::memory_order_relaxed);
  result.records = records_.load(std::memory_order_relaxed);
  result.bytes = bytes_.load(std::memory_order_relaxed);
  result.batch_max = batch_max_.load(std::memory_order_relaxed);
  result.segments = segments_.load(std::memory_order_relaxed);
  result.failures = failures_.load(std::memory_order_relaxed);
  result.discarded = discarded_.load(std::memory_order_relaxed);
  // acquire: pairs with release in add_appender().
  const std::size_t count = appender_count_.load(std::memory_order_acquire);
  for (std::size_t i = 0; i < count; ++i) {
    result.depth += appenders_[i]->depth();
    result.queues.push_back({appenders_[i]->ring_.pushed(), appenders_[i]->durable()});
  }
  result.commit_times = commit_times_.snapshot();
  const std::lock_guard<std::mutex> lock(mutex_);
  result.last_failure = last_failure_;
  return result;
}

}  // namespace chargemill::runtime::journal
