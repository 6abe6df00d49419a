// What the node that leads says to the one that it has named to lead after it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "actors/network/outcome.hpp"

namespace chargemill::app {

/// It orders nothing any more, and leaves whatever becomes of this.
struct HandedOn {
  std::int64_t token = 0;    ///< of the central that says so
  std::uint32_t by = 0;      ///< its node
  bool has_nothing = false;  ///< all its shards are with others: there is nothing to wait for
  std::int64_t stood_ns =
      0;  ///< since when it has ordered nothing, by the clock of its machine (UTC)
  /// What it has measured itself, and nodes that were lost before.
  network::Latencies latencies;
};

[[nodiscard]] std::string to_bytes(const HandedOn& what);
/// Empty: these are not its bytes. `nodes`: of the network. Any bytes.
[[nodiscard]] std::optional<HandedOn> handed_on_from(std::string_view bytes, unsigned nodes);

/// UTC, by the clock of this machine.
[[nodiscard]] std::int64_t utc_now_ns() noexcept;

}  // namespace chargemill::app
