// SIGINT and SIGTERM: once to stop, twice to abort.
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
};

}  // namespace chargemill::app
