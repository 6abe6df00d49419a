// Words of somebody else in a line of ours.
#pragma once

#include <string>
#include <string_view>

namespace chargemill::app {

/// The first `bytes_max` bytes of `text` at most: whole characters, blanks for control characters.
[[nodiscard]] std::string plain_text(std::string_view text, std::size_t bytes_max);

}  // namespace chargemill::app
