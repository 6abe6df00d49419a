#include "runtime/cluster/keys.hpp"

#include <zmq.h>

#include <array>

#include "runtime/base/assert.hpp"

namespace chargemill::runtime {
namespace {

constexpr std::size_t kKeyBytes = 32;
constexpr std::size_t kKeyChars = 40;
using KeyText = std::array<char, kKeyChars + 1>;

}  // namespace

KeyPair make_key_pair() {
  KeyText public_key{};
  KeyText secret_key{};
  const int made = zmq_curve_keypair(public_key.data(), secret_key.data());
  CHARGEMILL_ASSERT(made == 0);  // fails only where libzmq was built without libsodium
  return {public_key.data(), secret_key.data()};
}

std::string public_key_of(const std::string& secret_key) {
  KeyText public_key{};
  if (!is_key(secret_key) || zmq_curve_public(public_key.data(), secret_key.c_str()) != 0)
    return {};
  return public_key.data();
}

bool is_key(const std::string& text) {
  std::array<std::uint8_t, kKeyBytes> bytes{};
  return text.size() == kKeyChars && zmq_z85_decode(bytes.data(), text.c_str()) != nullptr;
}

}  // namespace chargemill::runtime
