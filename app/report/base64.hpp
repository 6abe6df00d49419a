// Bytes as text that any JSON and any browser takes (RFC 4648).
#pragma once

#include <string>
#include <string_view>

namespace chargemill::app {

[[nodiscard]] inline std::string base64(std::string_view bytes) {
  constexpr std::string_view kLetters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    unsigned group = 0;
    for (std::size_t k = i; k < i + 3; ++k)
      group = group << 8U | (k < bytes.size() ? static_cast<unsigned char>(bytes[k]) : 0U);
    for (unsigned shift = 18, k = 0; k < 4; ++k, shift -= 6)
      text += i + k <= bytes.size() ? kLetters[group >> shift & 63U] : '=';
  }
  return text;
}

}  // namespace chargemill::app
