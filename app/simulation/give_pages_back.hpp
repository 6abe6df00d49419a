// Between two runs of one process: the memory of the first must not count as the second's.
#pragma once

namespace chargemill::app {

/// Asks the allocator to return what is free to the system.
void give_pages_back();

}  // namespace chargemill::app
