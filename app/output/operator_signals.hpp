// What an operator may ask of a run with a signal.
#pragma once

namespace chargemill::app {

/// While one lives, SIGHUP asks for the log to be opened anew (it was moved away) and SIGUSR1 for
/// the status; neither ends the program. Threads: one asks.
class OperatorSignals {
 public:
  OperatorSignals();
  ~OperatorSignals();
  OperatorSignals(const OperatorSignals&) = delete;
  OperatorSignals& operator=(const OperatorSignals&) = delete;

  /// Each is true once after its signal.
  [[nodiscard]] static bool take_reopen() noexcept;
  [[nodiscard]] static bool take_status() noexcept;
};

}  // namespace chargemill::app
