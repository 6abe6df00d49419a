// What has become of the records of something that is done.
#pragma once

#include <cstdint>

namespace chargemill::app {

enum class Kept : std::uint8_t {
  on_disk,  ///< or there is nothing that would have to be
  not_yet,  ///< the journal has stood still for long, and may go on
  never     ///< the journal was given up
};

}  // namespace chargemill::app
