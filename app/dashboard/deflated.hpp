// What browsers inflate themselves (DecompressionStream): frames, and the past in the page of a
// run.
#pragma once

#include <string>
#include <string_view>

namespace chargemill::app::dashboard {

/// `plain` as zlib's bytes (RFC 1950). `level`: 1, fast, to 9, small.
[[nodiscard]] std::string deflated(std::string_view plain, int level);

}  // namespace chargemill::app::dashboard
