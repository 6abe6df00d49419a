// A programmer's error stops the process, in every build.
#pragma once

#include <cstdio>
#include <cstdlib>

namespace chargemill::runtime {

[[noreturn]] inline void assertion_failed(const char* fact, const char* file, int line) noexcept {
  std::fprintf(stderr, "%s:%d: assertion failed: %s\n", file, line, fact);
  std::abort();
}

}  // namespace chargemill::runtime

/// States one fact that only a bug can break. Input from outside is checked, never asserted.
#define CHARGEMILL_ASSERT(fact)                      \
  (__builtin_expect(static_cast<bool>(fact), 1) != 0 \
       ? static_cast<void>(0)                        \
       : ::chargemill::runtime::assertion_failed(#fact, __FILE__, __LINE__))
