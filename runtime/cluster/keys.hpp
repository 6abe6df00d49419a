// The CURVE keys of nodes, in ZeroMQ's printable form (Z85, 40 characters).
#pragma once

#include <string>

namespace chargemill::runtime {

struct KeyPair {
  std::string public_key;
  std::string secret_key;
};

/// A new pair, from the system's source of randomness (libsodium).
[[nodiscard]] KeyPair make_key_pair();
/// The public half of `secret_key`; empty: that is no key.
[[nodiscard]] std::string public_key_of(const std::string& secret_key);
[[nodiscard]] bool is_key(const std::string& text);

}  // namespace chargemill::runtime
