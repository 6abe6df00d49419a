// What a node answers when shards move, and when another node joins.
#pragma once

#include "actors/network/desk.hpp"
#include "app/nodes/succession.hpp"
#include "app/nodes/words.hpp"
#include "app/simulation/hand_over.hpp"

namespace chargemill::app {

/// To `hold`, `give`, `heard` and `take`; empty: it has no part in that, or that is of a central no
/// more.
[[nodiscard]] std::string answer_to_move(const Said& said, HandOver& here, runtime::Peers& exchange,
                                         Succession& succession);
/// Carries out an `order`; false: its point is elsewhere.
[[nodiscard]] bool is_obeyed(const Said& said, network::Desk& desk);
/// To `invite`: whether the one that comes has been heard.
[[nodiscard]] std::string answer_to_arrival(const Said& said, unsigned nodes,
                                            Succession& succession);

}  // namespace chargemill::app
