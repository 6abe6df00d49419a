#include "app/dashboard/deflated.hpp"

#include <zlib.h>

#include "runtime/base/assert.hpp"

namespace chargemill::app::dashboard {

std::string deflated(std::string_view plain, int level) {
  CHARGEMILL_ASSERT(level >= Z_BEST_SPEED && level <= Z_BEST_COMPRESSION);
  uLongf length = compressBound(static_cast<uLong>(plain.size()));
  std::string packed(length, '\0');
  const int code = compress2(reinterpret_cast<Bytef*>(packed.data()), &length,
                             reinterpret_cast<const Bytef*>(plain.data()),
                             static_cast<uLong>(plain.size()), level);
  CHARGEMILL_ASSERT(code == Z_OK);  // the room was its own bound
  packed.resize(length);
  return packed;
}

}  // namespace chargemill::app::dashboard
