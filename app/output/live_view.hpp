// What a run shows while it goes on, on stderr.
#pragma once

#include <cstdio>
#include <string>
#include <vector>

#include "actors/network/outcome.hpp"

namespace chargemill::app {

enum class ViewMode { block, lines, off };

/// auto: a block on a terminal that can redraw, else lines.
[[nodiscard]] ViewMode view_mode(const std::string& progress, bool quiet);

/// Block: a few lines redrawn in place, at most ten times a second. Lines: `key=value`, once a
/// second, every ten seconds after the first minute.
class LiveView {
 public:
  /// `may_saturate`: workers without rest are nothing to speak of, as in virtual time.
  LiveView(ViewMode mode, std::FILE* out, std::string scenario, Nanos duration,
           bool may_saturate = false)
      : mode_(mode),
        out_(out),
        scenario_(std::move(scenario)),
        duration_(duration),
        may_saturate_(may_saturate) {}

  /// `signal`: the one that has come, and what is shown says so; 0: none has.
  void show(const network::Snapshot& snapshot, int signal = 0);
  /// A line that stays, above what is redrawn; whatever the mode.
  void print(const std::string& line);
  /// All figures in one line that stays, whatever the mode: somebody asked.
  void status(const network::Snapshot& snapshot);
  /// Shows how it ended, and leaves that on the screen.
  void end(const network::Snapshot& last, int signal = 0);

 private:
  void measure_rates(const network::Snapshot& snapshot);
  void erase();
  void redraw(const network::Snapshot& snapshot, int signal);
  void line(const network::Snapshot& snapshot);
  [[nodiscard]] std::vector<std::string> block(const network::Snapshot& snapshot, int signal) const;

  const ViewMode mode_;
  std::FILE* const out_;
  const std::string scenario_;
  const Nanos duration_;
  const bool may_saturate_;
  Nanos next_line_{0};
  Nanos next_block_{0};
  Nanos rated_at_{0};
  SimTime rated_sim_{};
  std::uint64_t rated_messages_ = 0;
  double messages_per_s_ = 0;
  double speed_ = 0;  // model seconds a wall second
  std::size_t drawn_lines_ = 0;
};

}  // namespace chargemill::app
