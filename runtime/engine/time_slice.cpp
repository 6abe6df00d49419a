#include "runtime/engine/time_slice.hpp"

#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>

namespace chargemill::runtime {
namespace {

/// As the kernel has it (sched_setattr(2), its first version); glibc 2.36 has neither it nor the
/// calls.
struct SchedAttr {
  std::uint32_t size = sizeof(SchedAttr);
  std::uint32_t policy = SCHED_OTHER;
  std::uint64_t flags = 0;
  std::int32_t nice = 0;
  std::uint32_t priority = 0;
  std::uint64_t runtime_ns = 0;  ///< of SCHED_OTHER: the slice
  std::uint64_t deadline_ns = 0;
  std::uint64_t period_ns = 0;
};
static_assert(sizeof(SchedAttr) == 48);

bool read_own(SchedAttr& attr) noexcept {
  return ::syscall(SYS_sched_getattr, 0, &attr, sizeof attr, 0) == 0;
}

}  // namespace

void ask_for_slice(Nanos slice) noexcept {
  SchedAttr attr;
  // Whoever runs it may have chosen another policy, or a priority: those stay.
  if (!read_own(attr) || attr.policy != SCHED_OTHER) return;
  attr.size = sizeof attr;
  attr.runtime_ns = static_cast<std::uint64_t>(slice.count());
  (void)::syscall(SYS_sched_setattr, 0, &attr, 0);
}

Nanos noted_slice() noexcept {
  SchedAttr attr;
  if (!read_own(attr) || attr.policy != SCHED_OTHER) return Nanos{0};
  return Nanos{static_cast<std::int64_t>(attr.runtime_ns)};
}

}  // namespace chargemill::runtime
