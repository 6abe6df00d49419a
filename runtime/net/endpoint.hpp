// Where a door listens or a client connects, as people write it. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace chargemill::runtime {

struct Endpoint {
  std::string host;  ///< without brackets
  std::uint16_t port = 0;
};
[[nodiscard]] inline bool operator==(const Endpoint& a, const Endpoint& b) noexcept {
  return a.port == b.port && a.host == b.host;
}

/// `127.0.0.1:9999`, `[::1]:9999`, `localhost:9999`, `charge.example:9999`; nothing for anything
/// else. Port 0 is one: any that is free.
[[nodiscard]] std::optional<Endpoint> parse_endpoint(std::string_view text);
/// parse_endpoint() reads it back.
[[nodiscard]] std::string to_text(const Endpoint& endpoint);

/// An address in digits, or localhost: what can be listened on without asking a name server.
[[nodiscard]] bool is_address(const Endpoint& endpoint);
/// Nobody on another machine can reach it: 127.0.0.0/8, ::1, localhost.
[[nodiscard]] bool is_loopback(const Endpoint& endpoint);

}  // namespace chargemill::runtime
