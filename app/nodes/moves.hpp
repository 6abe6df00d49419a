// What nodes tell each other about shards that go from one to another while both live.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/network/outcome.hpp"
#include "actors/network/succession.hpp"
#include "runtime/base/units.hpp"

namespace chargemill::app {

/// Shards that go from one node to one other.
struct Move {
  std::int64_t token = 0;  ///< of the central that orders it
  std::int64_t epoch = 0;  ///< of the shard table that says so
  std::uint32_t from = 0, to = 0;
  std::uint32_t turns = 0;  ///< of the first of them, until now (Whereabouts)
  std::vector<std::uint32_t> shards;
  network::Half half = network::Half::both;  ///< of all of them
};

/// How many messages each node has sent; and what that is about.
struct Marks {
  Move move;
  std::vector<std::uint64_t> sent;  ///< by node: to `move.from`, or from there to that node
};

/// What the node says that had them.
struct Given {
  std::vector<std::uint64_t> sent;  ///< by node: all that its actors have said to it
  SimTime at{};                     ///< when they came to rest
  network::Totals left;             ///< of that node, as a look sees it, without them
  network::Totals moved;            ///< theirs
  double still_s = 0.0;             ///< how long the node's actors stood still
  std::string state;                ///< what they are; empty: they stay
  std::string trouble;              ///< and why
};

/// What goes to the node that gets them.
struct Luggage {
  Move move;
  SimTime at{};
  std::string state;
};

[[nodiscard]] std::string to_bytes(const Move& move);
[[nodiscard]] std::string to_bytes(const Marks& marks);
[[nodiscard]] std::string to_bytes(const Given& given);
[[nodiscard]] std::string to_bytes(const Luggage& luggage);
/// Empty: these are not its bytes. `nodes`, `shards`: of the network. Any bytes.
[[nodiscard]] std::optional<Move> move_from(std::string_view bytes, unsigned nodes,
                                            std::size_t shards);
[[nodiscard]] std::optional<Marks> marks_from(std::string_view bytes, unsigned nodes,
                                              std::size_t shards);
[[nodiscard]] std::optional<Given> given_from(std::string_view bytes, unsigned nodes);
[[nodiscard]] std::optional<Luggage> luggage_from(std::string_view bytes, unsigned nodes,
                                                  std::size_t shards);

}  // namespace chargemill::app
