// What somebody outside tells a charge point of another node, between nodes.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "actors/network/others.hpp"

namespace chargemill::app {

/// Words that others have said have codes of this process only: they stay here.
[[nodiscard]] std::string to_bytes(const network::Order& order);
/// Empty: these are not its bytes. Its point need not be one of the network. Any bytes.
[[nodiscard]] std::optional<network::Order> order_from(std::string_view bytes);

}  // namespace chargemill::app
