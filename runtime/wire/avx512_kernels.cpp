// The kernels for processors with AVX-512 VBMI2.
#include "runtime/wire/block_tables.hpp"
#include "runtime/wire/frame_kernels.hpp"
#include "runtime/wire/target.hpp"

#if defined(__x86_64__)

#include <immintrin.h>

#include <cstdint>

CHARGEMILL_TARGET_BEGIN("avx2,bmi,bmi2,popcnt,avx512f,avx512bw,avx512vl,avx512vbmi2")
#include "runtime/wire/avx512_block.hpp"
#include "runtime/wire/block_kernels.hpp"

namespace chargemill::runtime {
namespace {

constexpr FrameKernels kAvx512{"avx512", scan_blocks<Avx512Block>, unescape_blocks<Avx512Block>,
                               escape_blocks<Avx512Block>};

}  // namespace
}  // namespace chargemill::runtime
CHARGEMILL_TARGET_END

namespace chargemill::runtime {

const FrameKernels* avx512_kernels() noexcept {
  const bool can = avx2_kernels() != nullptr && __builtin_cpu_supports("avx512f") &&
                   __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
                   __builtin_cpu_supports("avx512vbmi2");
  return can ? &kAvx512 : nullptr;
}

}  // namespace chargemill::runtime

#else

namespace chargemill::runtime {

const FrameKernels* avx512_kernels() noexcept { return nullptr; }

}  // namespace chargemill::runtime

#endif
