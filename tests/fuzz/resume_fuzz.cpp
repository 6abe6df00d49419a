// What a restart reads: records whose checksums are right, and which nobody wrote. Whatever it
// makes of them is a network whose sums are conserved; or it is refused.
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "tests/simulation/damaged_past.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,  // NOLINT: libFuzzer's name
                                      std::size_t size) {
  static const chargemill::test::DamagedPast past{"/dev/shm/resume_fuzz-" +
                                                  std::to_string(::getpid())};
  const std::string wrong = past.resume(data, size);
  if (wrong.empty()) return 0;
  std::fprintf(stderr, "%s\n", wrong.c_str());
  std::abort();
}
