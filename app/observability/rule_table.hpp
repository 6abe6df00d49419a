// What is computed beforehand and what people are told of, as tables (D-209).
#pragma once

#include <string>
#include <vector>

namespace chargemill::app::observability {

/// level:metric:operation, as Prometheus' guidance has it.
struct RecordingRule {
  std::string name;
  std::string expr;
};

/// One series of a rule's unit test, a value each 15 s, in promtool's notation.
struct SampleSeries {
  std::string series;
  std::string values;
};

/// Shows that an alert fires when it should, and not before.
struct AlertSample {
  std::vector<SampleSeries> input;
  std::string quiet_at;  ///< nothing is wrong, or not for long enough
  std::string fires_at;
  unsigned alerts = 1;       ///< so many, at fires_at
  std::string over_at = {};  ///< none fires any more; empty: not shown
};

enum class Severity { page, ticket, info };

/// Pages are for symptoms: a promise to drivers or to the reader of the figures is broken.
struct Alert {
  std::string name;
  std::string expr;
  std::string wait;  ///< `for`: it must hold so long
  std::string keep;  ///< `keep_firing_for`: it may go on and off
  Severity severity;
  std::string summary;      ///< one line, with the value
  std::string description;  ///< what it means
  std::string dashboard;    ///< uid
  AlertSample sample;
};

[[nodiscard]] const std::vector<RecordingRule>& recording_rules();
[[nodiscard]] const std::vector<Alert>& alerts();

}  // namespace chargemill::app::observability
