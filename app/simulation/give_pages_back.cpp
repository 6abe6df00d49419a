#include "app/simulation/give_pages_back.hpp"

#include <malloc.h>

// Weak: programs under a sanitizer, and tests, are linked without mimalloc.
extern "C" [[gnu::weak]] void mi_collect(bool force) noexcept;

namespace chargemill::app {

void give_pages_back() {
  if (mi_collect != nullptr) {
    mi_collect(true);
  } else {
    (void)malloc_trim(0);
  }
}

}  // namespace chargemill::app
