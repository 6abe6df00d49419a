// The keys central.address, central.connections, central.token_file, central.ca_file: how a run
// reaches a central that is another process. No part of what is simulated.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "runtime/net/endpoint.hpp"

namespace chargemill::app {

inline constexpr const char* kCentralHere = "off";

struct ElsewhereSettings {
  std::string address = kCentralHere;  ///< tcp://HOST:PORT, tls://HOST:PORT, or kCentralHere
  std::uint32_t connections = 0;       ///< 0: one for each charge point
  std::string token_file;              ///< its first token is shown on each; empty: none
  std::string ca_file;  ///< PEM: who vouches for it; empty: whom this machine believes

  [[nodiscard]] bool is_on() const { return address != kCentralHere && !address.empty(); }
  [[nodiscard]] bool is_encrypted() const { return address.compare(0, 6, "tls://") == 0; }
  /// Nothing: `address` is neither tcp://HOST:PORT nor tls://HOST:PORT.
  [[nodiscard]] std::optional<runtime::Endpoint> endpoint() const {
    constexpr std::string_view kScheme = "tcp://";
    static_assert(kScheme.size() == std::string_view{"tls://"}.size());
    if (address.compare(0, kScheme.size(), kScheme) != 0 && !is_encrypted()) return std::nullopt;
    return runtime::parse_endpoint(std::string_view{address}.substr(kScheme.size()));
  }
};

}  // namespace chargemill::app
