// `chargemill version [--json]`
#pragma once

namespace chargemill::app {

[[nodiscard]] int version_command(bool json);

}  // namespace chargemill::app
