#include "runtime/wire/utf8.hpp"

#include <simdjson.h>

namespace chargemill::runtime {

bool is_utf8(ByteView bytes) noexcept { return simdjson::validate_utf8(bytes.text()); }

}  // namespace chargemill::runtime
