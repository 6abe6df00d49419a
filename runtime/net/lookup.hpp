// What to ask the resolver for. Pure.
#pragma once

#include <string>

#include "runtime/net/endpoint.hpp"

namespace chargemill::runtime {

/// The name to look up. Empty for localhost, which getaddrinfo(3), and Asio after it, takes for the
/// loopback addresses of this machine: they need no /etc/hosts, which a bare system may lack, and
/// no name server may say what they are (RFC 6761, 6.3).
[[nodiscard]] inline std::string name_to_look_up(const Endpoint& endpoint) {
  return endpoint.host == "localhost" ? std::string{} : endpoint.host;
}

}  // namespace chargemill::runtime
