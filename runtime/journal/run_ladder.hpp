// Which runs a segment has, and which of them the next commit merges.
#pragma once

#include <vector>

#include "runtime/journal/posting_run.hpp"

namespace chargemill::runtime::journal {

/// A run without its postings.
struct RunInfo {
  Sequence first = 0;
  Sequence last = 0;
  std::uint32_t count = 0;
  std::uint8_t level = 0;
};

/// Keeps the number of runs logarithmic: every commit adds a run of level 0, and three runs of one
/// level together with a fourth become one of the next level. So a posting is written once a
/// level, always at the end of the file, where a B-tree by key would rewrite a page for nearly
/// every posting. Where four would hold more than `postings_max` three or two are merged, and where
/// those would too, none: that bounds the time of a commit, which all who append wait for.
/// Source: J. Bentley, J. Saxe, "Decomposable Searching Problems I" (1980), the logarithmic method.
class RunLadder {
 public:
  static constexpr std::size_t kRunsALevel = 4;

  explicit RunLadder(std::size_t postings_max) noexcept : postings_max_(postings_max) {}

  struct Plan {
    std::size_t swallowed = 0;  ///< of the newest runs
    std::uint8_t level = 0;     ///< of the run that they become
  };
  /// What becomes of a new run of `count` postings.
  [[nodiscard]] Plan plan(std::size_t count) const noexcept;
  /// Carries out a plan: `merged` takes the place of the newest `swallowed` runs.
  void replace(std::size_t swallowed, const RunInfo& merged);
  /// Oldest first.
  [[nodiscard]] const std::vector<RunInfo>& runs() const noexcept { return runs_; }
  /// How many postings they hold together.
  [[nodiscard]] std::uint64_t postings() const noexcept { return postings_; }

 private:
  /// How many more of the newest runs one of `count` postings and of the level planned so far takes
  /// in.
  [[nodiscard]] std::size_t swallowed_by(std::size_t count, const Plan& so_far) const noexcept;

  std::vector<RunInfo> runs_;
  std::size_t postings_max_;
  std::uint64_t postings_ = 0;
};

/// Tells which runs of a segment were swallowed and are still there: LMDB deletes nothing here.
/// From level and size alone, which are known before a page of them has been read: a merged run has
/// a higher level than those that it took in, and they come right before it. Nearly always right,
/// which is enough for asking for pages.
class SwallowedRuns {
 public:
  /// Whether they have this one among them. To be asked of one after the other, from the newest on.
  [[nodiscard]] bool have(std::uint8_t level, std::size_t count);

 private:
  /// A run seen before, and how many postings it may still have from others.
  struct Newer {
    std::uint8_t level;
    std::size_t left;
  };
  std::vector<Newer> newer_;  // each may have taken in the next
};

/// Merges runs, each from an older range than the next, into one that begins with record `first`.
void merge_runs(const std::vector<RunView>& runs, Sequence first, RunEncoder& to);

}  // namespace chargemill::runtime::journal
