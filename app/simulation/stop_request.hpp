// SIGINT and SIGTERM: once to stop, twice to abort. Where a node may leave: SIGTERM before that to
// leave.
#pragma once

#include <string_view>

namespace chargemill::app {

/// What is said of the first signal, in words for whoever sent it: a Ctrl-C, or a program. May be
/// called by a signal handler.
[[nodiscard]] std::string_view stopping_text(int signal) noexcept;

/// Takes both signals over for as long as it lives; one at a time. SIGPIPE is ignored, so that
/// `chargemill ... | head` ends quietly.
class StopRequest {
 public:
  /// `announce`: the first signal is answered on stderr at once.
  explicit StopRequest(bool announce = true);
  ~StopRequest();
  StopRequest(const StopRequest&) = delete;
  StopRequest& operator=(const StopRequest&) = delete;

  /// The signal that asked for the stop; 0: none so far. A second signal ends the process at once
  /// with 128 + its number; one within a quarter of a second of the first is still the first, as
  /// `timeout` and others send it twice.
  [[nodiscard]] int signal() const noexcept;

  /// From now on a SIGTERM that is the first signal asks this node to leave, while the run goes on
  /// elsewhere; the next signal is the first to stop. Or not any more.
  void let_leave(bool may_leave) const noexcept;
  [[nodiscard]] bool is_asked_to_leave() const noexcept { return leave_signal() != 0; }
  /// By which signal; 0: it is not.
  [[nodiscard]] int leave_signal() const noexcept;
  /// It cannot leave: the run stops, as if that signal had asked for it.
  void stop_instead() const noexcept;
  /// This node has followed until now, and leads from now on: a signal that has come already asks
  /// it to leave and not the run to stop, and so does a SIGTERM that comes.
  void leave_instead() const noexcept;
  /// From now on the first signal is answered on stderr, or not.
  void answer_signals(bool is_wanted) const noexcept;
};

}  // namespace chargemill::app
