#include "app/directory/plain_text.hpp"

#include <algorithm>
#include <cstdint>

#include "actors/texts.hpp"

namespace chargemill::app {

std::string plain_text(std::string_view text, std::size_t bytes_max) {
  std::string said{beginning_of(text, bytes_max)};
  std::replace_if(
      said.begin(), said.end(),
      [](char c) { return static_cast<std::uint8_t>(c) < 0x20 || c == 0x7F; }, ' ');
  return said;
}

}  // namespace chargemill::app
