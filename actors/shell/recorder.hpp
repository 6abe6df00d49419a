// One worker's way into the journal.
#pragma once

#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "actors/archive/codec.hpp"
#include "actors/archive/sink.hpp"
#include "actors/shell/name_book.hpp"
#include "actors/shell/written_before.hpp"
#include "runtime/journal/journal.hpp"

namespace chargemill {

/// Threads: one worker's, but for add_waiter(), wake_askers(), stop_waking() and abandon(), which
/// are anybody's.
class Recorder final : public archive::RecordSink {
 public:
  /// Outside real time whoever finds no room waits for it: model time waits with it, and nothing
  /// depends on how fast the disk is. All that is referred to outlives this.
  enum class Pace { real_time, own_time };

  /// `before`: what need not be written again; null: all is new.
  Recorder(runtime::journal::Journal& journal, const NameBook& names, archive::Origin origin,
           Pace pace, WrittenBefore* before = nullptr);

  [[nodiscard]] bool try_append(const archive::Record& record) override;
  /// What is said again (RunAgain) within each round of the first shard whose rounds this hears of.
  /// Before the first record.
  void repeat(const archive::RunBegan& run) { run_ = run; }
  [[nodiscard]] std::uint64_t appended() const override { return appender_->appended(); }
  [[nodiscard]] std::uint64_t durable() const override { return appender_->durable(); }
  [[nodiscard]] bool has_much_room() const override;
  [[nodiscard]] bool holds_promises() const override;
  [[nodiscard]] bool serves_restarts() const override { return true; }

  /// What is kept of it (runtime/saved). For whoever has stopped its worker.
  template <class V>
  void fields(V& v) {
    v(teller_, owed_);
  }

  /// `wake` is called by the journal's writer whenever `waiter` asks.
  void add_waiter(archive::Waiter& waiter, std::function<void()> wake);
  void wake_askers();
  /// That shard's records are written elsewhere from now on: it is woken no more when this returns.
  /// For whoever has stopped its worker.
  void forget(ShardId shard, archive::Waiter& waiter);
  /// Nobody is woken any more when it returns.
  void stop_waking();
  /// Nothing will become durable any more.
  void abandon() noexcept;
  [[nodiscard]] runtime::journal::Appender& appender() noexcept { return *appender_; }

 private:
  [[nodiscard]] bool append(const archive::Record& record);
  void say_run_again(const archive::Record& after);

  runtime::journal::Journal& journal_;
  const NameBook& names_;
  const Pace pace_;
  WrittenBefore* const before_;
  archive::Encoder encoder_;
  runtime::journal::Appender* appender_;
  std::optional<archive::RunBegan> run_;
  std::optional<ShardId> teller_;  // whose rounds say it again
  std::optional<SimTime> owed_;    // since then, for want of room
  std::mutex mutex_;               // once a commit, by the journal's writer
  std::vector<std::pair<archive::Waiter*, std::function<void()>>> waiters_;  // guarded by mutex_
  std::atomic<bool> is_abandoned_{false};  // written by the journal's writer
};

}  // namespace chargemill
