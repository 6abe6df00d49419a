// What nodes tell each other about one that joins while the network runs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/nodes/take_over.hpp"
#include "app/nodes/words.hpp"
#include "runtime/agreement/shard_table.hpp"
#include "runtime/base/roles.hpp"
#include "runtime/cluster/links.hpp"

namespace chargemill::app {

/// Somebody is in a place among the nodes that nobody had, or whose node is gone.
struct Arrival {
  std::int64_t token = 0;  ///< of the central that says so
  std::uint32_t node = 0;
  runtime::agreement::Owner who;
  runtime::NodeEndpoints where;
  Roles roles;
};

/// To that one: build the network, of which nothing is yours yet.
struct Invitation {
  std::int64_t token = 0;
  Beginning beginning;       ///< how all the others began
  std::vector<Roles> roles;  ///< of those; empty: each is there for everything
  TakeOver where;            ///< what is where at the moment
};

/// To that one, once all hear it and it is ready: you are one of us.
struct Entry {
  SimTime now{};   ///< model time as this is said
  TakeOver where;  ///< what is where, which may have changed meanwhile
};

[[nodiscard]] std::string to_bytes(const Arrival& arrival);
[[nodiscard]] std::string to_bytes(const Invitation& invitation);
[[nodiscard]] std::string to_bytes(const Entry& entry);
/// Empty: these are not its bytes. `nodes`, `shards`: of the network. Any bytes.
[[nodiscard]] std::optional<Arrival> arrival_from(std::string_view bytes, unsigned nodes);
[[nodiscard]] std::optional<Invitation> invitation_from(std::string_view bytes, unsigned nodes,
                                                        std::size_t shards);
[[nodiscard]] std::optional<Entry> entry_from(std::string_view bytes, unsigned nodes,
                                              std::size_t shards);

}  // namespace chargemill::app
