#include "app/simulation/resident_memory.hpp"

#include <unistd.h>

#include <fstream>

namespace chargemill::app {

std::int64_t resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  std::int64_t total = 0;
  std::int64_t resident = 0;
  statm >> total >> resident;
  return resident * sysconf(_SC_PAGESIZE);
}

}  // namespace chargemill::app
