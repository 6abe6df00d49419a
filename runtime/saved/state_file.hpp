// A state as a file that is there whole or not at all.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "runtime/base/result.hpp"

namespace chargemill::runtime::saved {

/// Whose state it is; who reads compares it.
struct StateHead {
  std::uint64_t plan = 0;  ///< of what is simulated, and of the program
  std::uint32_t run = 0;
  std::uint16_t place = 0;  ///< among so many
  std::uint16_t places = 0;
  std::uint64_t round = 0;  ///< the meeting that it was saved at
};
struct StateFile {
  StateHead head;
  std::vector<std::byte> bytes;
};

/// Writes beside what is there, brings it to the disk and puts it in that place.
[[nodiscard]] Result<void> write_state(const std::string& path, const StateHead& head,
                                       const std::vector<std::byte>& bytes);
/// None: there is no whole state.
[[nodiscard]] std::optional<StateFile> read_state(const std::string& path);

}  // namespace chargemill::runtime::saved
