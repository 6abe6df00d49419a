// Whether bytes are text.
#pragma once

#include "runtime/wire/byte_view.hpp"

namespace chargemill::runtime {

/// Valid UTF-8: no surrogates, nothing overlong, nothing above U+10FFFF, nothing cut off.
[[nodiscard]] bool is_utf8(ByteView bytes) noexcept;

}  // namespace chargemill::runtime
