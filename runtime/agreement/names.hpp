// What people write of nodes and of etcd. Pure.
#pragma once

#include <string_view>

#include "runtime/base/result.hpp"
#include "runtime/net/endpoint.hpp"

namespace chargemill::runtime::agreement {

/// 1 to 63 letters, digits, dots, dashes and underlines.
[[nodiscard]] bool is_node_name(std::string_view text) noexcept;
/// "http://127.0.0.1:2379", or https. Fails with what is wrong with it.
[[nodiscard]] Result<Endpoint> etcd_endpoint(std::string_view url);
/// Such an address is one behind TLS.
[[nodiscard]] bool is_encrypted(std::string_view url) noexcept;

}  // namespace chargemill::runtime::agreement
