// How much memory this process has now.
#pragma once

#include <cstdint>

namespace chargemill::app {

/// Resident pages, in bytes; 0 where the system does not say.
[[nodiscard]] std::int64_t resident_bytes();

}  // namespace chargemill::app
