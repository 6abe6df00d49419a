#include "app/simulation/resident_memory.hpp"

#include <unistd.h>

#include <fstream>

namespace chargemill::app {

ResidentMemory resident_memory() {
  // proc(5), statm: size, resident, shared (pages of files and shared memory), ...
  std::ifstream statm("/proc/self/statm");
  std::int64_t size = 0;
  std::int64_t resident = 0;
  std::int64_t shared = 0;
  statm >> size >> resident >> shared;
  const auto page = sysconf(_SC_PAGESIZE);
  return {(resident - shared) * page, shared * page};
}

std::int64_t resident_bytes() {
  const auto memory = resident_memory();
  return memory.anonymous + memory.of_files;
}

}  // namespace chargemill::app
