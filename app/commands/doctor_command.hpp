// `chargemill doctor`: what on this machine would hurt a large run.
#pragma once

namespace chargemill::app {

/// Prints one line for each finding, and what to do about it. Exit code 0, also with warnings.
[[nodiscard]] int doctor_command();

}  // namespace chargemill::app
