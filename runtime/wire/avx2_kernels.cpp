// The kernels for processors with AVX2.
#include "runtime/wire/block_tables.hpp"
#include "runtime/wire/frame_kernels.hpp"
#include "runtime/wire/target.hpp"

#if defined(__x86_64__)

#include <immintrin.h>

#include <cstdint>
#include <cstring>

CHARGEMILL_TARGET_BEGIN("avx2,bmi,bmi2,popcnt")
#include "runtime/wire/avx2_block.hpp"
#include "runtime/wire/block_kernels.hpp"

namespace chargemill::runtime {
namespace {

constexpr FrameKernels kAvx2{"avx2", scan_blocks<Avx2Block>, unescape_blocks<Avx2Block>,
                             escape_blocks<Avx2Block>};

}  // namespace
}  // namespace chargemill::runtime
CHARGEMILL_TARGET_END

namespace chargemill::runtime {

const FrameKernels* avx2_kernels() noexcept {
  const bool can = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
                   __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("popcnt");
  return can ? &kAvx2 : nullptr;
}

}  // namespace chargemill::runtime

#else

namespace chargemill::runtime {

const FrameKernels* avx2_kernels() noexcept { return nullptr; }

}  // namespace chargemill::runtime

#endif
