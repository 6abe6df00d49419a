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
    archive::NodePart part;  ///< whose shards write there
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
  /// The number of the newest record when it was opened; 0: there was none.
  [[nodiscard]] runtime::journal::Sequence last_sequence() const noexcept { return last_sequence_; }
  /// A run is lived through again by a node that had written of it: `before` is what
  /// last_sequence() was when that run began. From now on this is as it was then, and what was
  /// written since is not written twice. Before restore() and begin().
  [[nodiscard]] Result<void> repeat_from(runtime::journal::Sequence before);
  /// How far this run has written, all of it on disk.
  struct Mark {
    runtime::journal::Sequence last = 0;  ///< number of the newest record
    std::uint64_t appended = 0;
  };
  /// Brings all to the disk, within `patience`. Requires that nobody appends meanwhile.
  [[nodiscard]] Result<Mark> mark(Nanos patience);
  /// After repeat_from() and begin(): that run is not lived through again from its beginning but
  /// from `mark` on. Requires that nobody appends meanwhile.
  [[nodiscard]] Result<void> repeat_from(const Mark& mark);
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
  /// The run is to end: a disk that fails is waited for no longer, nor are those who wait for room.
  /// From any thread.
  void hurry() noexcept { journal_->hurry(); }
  /// Promises wait for nothing any more.
  void hold_no_more();
  /// Nobody is woken any more when it returns: those who wait may go.
  void stop_waking();
  /// Nothing more is appended. Waits until all is written and sealed; what came of that is among
  /// the news and in status(). What was added to status() meanwhile: failures, and records.
  [[nodiscard]] runtime::journal::JournalStatus close();
  /// Since the last call.
  [[nodiscard]] std::vector<News> take_news();
  [[nodiscard]] runtime::journal::JournalStatus status() const;
  /// Appended by this run, in all lives of this node.
  [[nodiscard]] std::uint64_t appended() const;
  /// Of all segments of the directory.
  [[nodiscard]] std::uint64_t bytes_on_disk() const;

 private:
  explicit Recording(const Options& options);
  void changed(runtime::journal::JournalState state, const std::string& why);

  const std::string directory_;
  const Recorder::Pace pace_;
  const archive::NodePart part_;
  std::optional<archive::LastRun> last_run_;
  runtime::journal::Sequence last_sequence_ = 0;
  runtime::journal::Sequence upto_ = runtime::journal::kSequenceMax;  // older runs end there
  std::unique_ptr<WrittenBefore> before_;  // null: this is its first life in this run
  NameBook names_;
  std::vector<std::unique_ptr<Recorder>> recorders_;
  std::mutex mutex_;
  std::vector<News> news_;                              // guarded by mutex_
  std::unique_ptr<runtime::journal::Journal> journal_;  // last: its writer uses the above
};

}  // namespace chargemill
