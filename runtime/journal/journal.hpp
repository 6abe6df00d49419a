// The writer of a journal: a thread behind queues.
#pragma once

#include <array>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "runtime/base/units.hpp"
#include "runtime/journal/appender.hpp"
#include "runtime/journal/journal_status.hpp"
#include "runtime/journal/segment_chain.hpp"
#include "runtime/journal/trouble_news.hpp"
#include "runtime/journal/writer_lock.hpp"
#include "runtime/observe/histogram_recorder.hpp"

namespace chargemill::runtime::journal {

struct JournalOptions {
  ChainOptions chain;
  std::uint32_t batch_records = 4'096;   ///< so many waiting are committed at once
  Nanos batch_time = Millis{5};          ///< how long the first waits for so many
  std::uint32_t batch_max = 16'384;      ///< a commit takes all that wait, but no more than this
  std::uint32_t queue_records = 16'384;  ///< an appender's queue; a power of two
  Nanos give_up_after = Millis{30'000};  ///< without one success; then the journal is abandoned
  Nanos clear_readers_every = Environment::kClearEvery;  ///< those that died (LG-08)
  /// For the operator. Called by the writer's thread with a failure and the state that it led to,
  /// at most once a second unless the state changes, and with an empty text when records are
  /// written again, if they were not; and, once a second as well, with what failed beside the
  /// writing and the state that is. Must not block.
  std::function<void(JournalState, const std::string&)> on_state;
};

/// Takes records from appenders and writes them in batches; an appender hears "durable up to n"
/// only after the commit that covers n is on disk. A batch that fails is written again, into a new
/// segment; queues hold it meanwhile.
/// Threads: any; add_appender from one at a time. The writer is a thread of its own.
class Journal {
 public:
  static constexpr std::size_t kAppendersMax = 64;
  /// Tries a batch gets at once, before the journal counts as stalled; all it gets at the end.
  static constexpr unsigned kTriesAtOnce = 3;

  /// Takes the directory's lock, finds the end of what is there, and starts the writer.
  [[nodiscard]] static Result<std::unique_ptr<Journal>> open(JournalOptions options);
  /// As close() does.
  ~Journal();
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  /// One more producer. It lives as long as the journal. At most kAppendersMax.
  [[nodiscard]] Appender& add_appender(Appender::OnDurable on_durable = {});
  /// Waits until the first `count` records of `appender` are on disk and its OnDurable has
  /// returned, for `patience` at most: who is woken has been by then. Abandoned: at once false.
  [[nodiscard]] bool wait_durable(const Appender& appender, std::uint64_t count, Nanos patience);
  /// Waits until `appender` takes one record more, for `patience` at most; false: it does not. Room
  /// comes whether records are on disk or given up, so nobody is woken in vain. For its producer.
  [[nodiscard]] bool wait_room(const Appender& appender, Nanos patience);
  /// Writes what has been appended, waits for the last seal, and stops: what came of either has
  /// been told when it returns, and status() knows it. Appenders must have stopped before.
  void close();
  /// Nobody has time any more: from now on a batch that fails as often as is tried at once is given
  /// up, as at the end. For whoever has to stop those who wait for room. From any thread.
  void hurry() noexcept;
  [[nodiscard]] JournalStatus status() const;

 private:
  using Clock = std::chrono::steady_clock;  // of the disk, not of the model
  /// The records of one appender that are in the batch.
  struct Share {
    Appender* appender;
    std::uint64_t upto;  ///< the appender's count with these
  };

  Journal(JournalOptions options, WriterLock lock, SegmentChain chain);
  void run();
  [[nodiscard]] std::uint64_t waiting() const noexcept;
  [[nodiscard]] bool announce_sleep() noexcept;
  void sleep_for_more(Clock::time_point since) noexcept;
  void gather();
  void write_batch();
  void note_failure(const Error& error);
  [[nodiscard]] bool try_again(const Error& error, unsigned tries, Clock::time_point since);
  void note_trouble(JournalState state, const std::string& why);
  void tell(JournalState state, const std::string& why);
  void look_beside();
  [[nodiscard]] bool note_beside();
  void end();
  void say(const std::optional<std::string>& mention);
  void acknowledge();
  void discard();

  const JournalOptions options_;
  const WriterLock lock_;
  WakeSignal wake_;
  std::array<std::unique_ptr<Appender>, kAppendersMax> appenders_;
  std::atomic<std::size_t> appender_count_{0};  // written by add_appender
  std::atomic<bool> stop_{false};               // written by close()
  std::atomic<bool> is_hurried_{false};         // written by hurry()

  // Of the writer's thread alone.
  SegmentChain chain_;
  std::vector<Encoded> batch_;
  std::uint64_t batch_bytes_ = 0;
  std::vector<Share> shares_;
  std::size_t turn_ = 0;  // which appender comes first in the next batch
  TroubleNews news_;
  Clock::time_point cleared_{};  // when dead readers were, the last time

  // Written by the writer's thread only; read by status().
  alignas(kCacheLine) std::atomic<JournalState> state_{JournalState::working};
  std::atomic<Sequence> last_{0};
  std::atomic<std::uint64_t> commits_{0};
  std::atomic<std::uint64_t> records_{0};
  std::atomic<std::uint64_t> bytes_{0};
  std::atomic<std::uint64_t> batch_max_{0};
  std::atomic<std::uint64_t> segments_{0};
  std::atomic<std::uint64_t> failures_{0};
  std::atomic<std::uint64_t> discarded_{0};
  HistogramRecorder commit_times_;

  // Taken once a commit, never by an appender.
  mutable std::mutex mutex_;
  std::condition_variable progress_;
  std::string last_failure_;  // guarded by mutex_

  std::thread writer_;  // last: it uses all of the above
};

}  // namespace chargemill::runtime::journal
