// Whether this machine has the memory that a scenario asks for.
#pragma once

#include <cstdint>

#include "runtime/base/result.hpp"

namespace chargemill::app {

/// What this process may still take, in bytes: the least of what the machine has available, the
/// control group's limit and the address space limit; INT64_MAX: nobody says.
[[nodiscard]] std::int64_t available_memory();

/// Fails, with advice, when `needed` is more than `available`.
[[nodiscard]] Result<void> check_memory(std::int64_t needed, std::int64_t available);

}  // namespace chargemill::app
