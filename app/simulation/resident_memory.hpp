// How much memory this process has now.
#pragma once

#include <cstdint>

namespace chargemill::app {

/// Resident pages, in bytes; zeros where the system does not say.
struct ResidentMemory {
  std::int64_t anonymous = 0;  ///< heap and stacks: what the process itself holds
  std::int64_t of_files =
      0;  ///< of the program and of a journal's maps: the system may drop them at any time
};

[[nodiscard]] ResidentMemory resident_memory();

/// All of them together.
[[nodiscard]] std::int64_t resident_bytes();

}  // namespace chargemill::app
