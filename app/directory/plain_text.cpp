#include "app/directory/plain_text.hpp"

#include <cstdint>

#include "actors/texts.hpp"

namespace chargemill::app {

std::string plain_text(std::string_view text, std::size_t bytes_max) {
  std::string said{beginning_of(text, bytes_max)};
  for (std::size_t i = 0; i < said.size(); ++i) {
    const auto byte = static_cast<std::uint8_t>(said[i]);
    // U+0080 to U+009F, C2 80 to C2 9F in UTF-8: terminals obey them as well.
    const bool is_c1 = i > 0 && said[i - 1] == '\xC2' && byte >= 0x80 && byte < 0xA0;
    if (is_c1) said[i - 1] = ' ';
    if (is_c1 || byte < 0x20 || byte == 0x7F) said[i] = ' ';
  }
  return said;
}

}  // namespace chargemill::app
