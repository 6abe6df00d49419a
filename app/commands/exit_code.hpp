// What a command ends with (contract, exit codes). Signals end it with 128 and their number.
#pragma once

namespace chargemill::app {

inline constexpr int kExitInternal = 1;         ///< a defect of chargemill
inline constexpr int kExitUsage = 2;            ///< a command, a flag or the value of one
inline constexpr int kExitInvalidScenario = 3;  ///< said with file, line and column
inline constexpr int kExitEnvironment = 4;      ///< this machine: ports, memory, files
inline constexpr int kExitPeers = 5;            ///< other nodes: not there, or lost
inline constexpr int kExitInvalidRun = 98;      ///< late itself, or its sums do not agree
inline constexpr int kExitThreshold = 99;       ///< a threshold crossed, or a digest that differs

}  // namespace chargemill::app
