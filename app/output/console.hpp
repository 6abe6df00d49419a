// The lines that drivers, monitors and charge points show on their consoles (D-205).
#pragma once

#include <functional>
#include <string>

#include "actors/network/topology.hpp"
#include "actors/shell/console_feed.hpp"

namespace chargemill::app {

/// What people call those who speak.
struct ConsoleNames {
  std::function<std::string(PointId)> point;
  std::function<std::string(DriverId)> driver;
  std::function<std::string(PointId)> offer;  ///< `22.0 kW, €0.30/kWh`
};

/// `00:01:07 ✅ Driver driver-alice | CP-001 | ACCEPTED | Request accepted, starting charging`:
/// model time, then the line of D-127, D-125, D-131, D-121 or what else is shown.
[[nodiscard]] std::string console_line(const ConsoleNotice& notice, const ConsoleNames& names);

/// Points by their ids; drivers of files by theirs, generated ones as DRV-000001.
[[nodiscard]] ConsoleNames names_of(const network::Scenario& scenario,
                                    const network::Topology& topology);

/// Whether a run shows its consoles: on, off, or auto: on if drivers have request files and there
/// are few enough charge points to follow.
[[nodiscard]] bool shows_consoles(const std::string& setting, const network::Scenario& scenario);

}  // namespace chargemill::app
