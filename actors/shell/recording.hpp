// The journal of a run: opened before the network is built, closed after it stands still.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "actors/archive/restore.hpp"
#include "actors/shell/recorder.hpp"

namespace chargemill {

/// Threads: one drives it; sinks belong to their workers.
class Recording {
 public:
  struct Options {
    runtime::journal::JournalOptions journal;
    Recorder::Pace pace = Recorder::Pace::real_time;
  };
  /// Something that whoever runs the network should know.
  struct News {
    runtime::journal::JournalState state;
    std::string why;  ///< empty: it works again
  };

  /// Takes the directory; fails if somebody else writes there, and says who.
  [[nodiscard]] static Result<std::unique_ptr<Recording>> open(Options options);
  ~Recording();
  Recording(const Recording&) = delete;
  Recording& operator=(const Recording&) = delete;

  [[nodiscard]] const std::string& directory() const noexcept { return directory_; }
  /// What wrote here before; none: nobody.
  [[nodiscard]] const std::optional<archive::LastRun>& last_run() const noexcept {
    return last_run_;
  }
  /// What it left of `shards` (empty: of all), by the clock of a run that begins at `origin`.
  /// Requires last_run().
  [[nodiscard]] Result<archive::Image> restore(archive::Origin origin,
                                               const archive::Wanted& shards = {}) const;

  /// A run begins: its time is filled in, and its number if it is 0. One recorder for each of
  /// `workers`; at most Journal::kAppendersMax.
  void begin(archive::RunBegan run, archive::Origin origin, NameBook names, unsigned workers);
  [[nodiscard]] bool is_recording() const noexcept { return !recorders_.empty(); }
  [[nodiscard]] Recorder& recorder(unsigned worker) { return *recorders_[worker]; }

  /// Waits until all that was appended is on disk, at most for `patience`; false: it is not.
  /// Requires that nobody appends meanwhile.
  [[nodiscard]] bool flush(Nanos patience);
  /// Promises wait for nothing any more.
  void hold_no_more();
  /// Nobody is woken any more when it returns: those who wait may go.
  void stop_waking();
  /// Since the last call.
  [[nodiscard]] std::vector<News> take_news();
  [[nodiscard]] runtime::journal::JournalStatus status() const { return journal_->status(); }
  /// Appended by this run.
  [[nodiscard]] std::uint64_t appended() const;
  /// Of all segments of the directory.
  [[nodiscard]] std::uint64_t bytes_on_disk() const;

 private:
  explicit Recording(const Options& options);
  void changed(runtime::journal::JournalState state, const std::string& why);

  const std::string directory_;
  const Recorder::Pace pace_;
  std::optional<archive::LastRun> last_run_;
  NameBook names_;
  std::vector<std::unique_ptr<Recorder>> recorders_;
  std::mutex mutex_;
  std::vector<News> news_;                              // guarded by mutex_
  std::unique_ptr<runtime::journal::Journal> journal_;  // last: its writer uses the above
};

}  // namespace chargemill
