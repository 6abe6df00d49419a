// Every panel of every dashboard, as tables (D-208).
#pragma once

#include <string>
#include <vector>

namespace chargemill::app::observability {

struct Target {
  std::string expr;  ///< may hold $zone, $instance, $__rate_interval
  std::string legend;
};

enum class PanelKind {
  lines,
  parts,  ///< stacked: parts of a whole
  number,
  bars,
};

struct Panel {
  std::string title;
  std::string description;
  std::string unit;  ///< Grafana's: s, ops, percentunit, bytes, watt, short ...
  PanelKind kind = PanelKind::lines;
  std::vector<Target> targets;
};

struct Row {
  std::string title;
  std::vector<Panel> panels;
};

struct Dashboard {
  std::string uid;
  std::string title;
  std::string description;
  bool by_zone = false;  ///< has a variable `zone`
  std::vector<Row> rows;
};

/// Overview, faults, sessions, engine, journal, cluster.
[[nodiscard]] std::vector<Dashboard> dashboards();

/// Metrics that neither a dashboard nor a rule uses, and why that is meant.
struct Unused {
  std::string metric;
  std::string why;
};
[[nodiscard]] const std::vector<Unused>& unused_metrics();

}  // namespace chargemill::app::observability
