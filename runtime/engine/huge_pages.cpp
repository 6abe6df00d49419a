#include "runtime/engine/huge_pages.hpp"

#include <mimalloc.h>

// Weak: programs under a sanitizer are linked without mimalloc.
extern "C" [[gnu::weak]] decltype(mi_option_enable) mi_option_enable;

namespace chargemill::runtime {

void prefer_huge_pages() noexcept {
  // NOLINTNEXTLINE: its address is null where it is not linked, which the compiler cannot know
  if (mi_option_enable != nullptr) mi_option_enable(mi_option_large_os_pages);
}

}  // namespace chargemill::runtime
