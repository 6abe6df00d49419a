#include "app/simulation/give_pages_back.hpp"

// Weak: programs under a sanitizer, and tests, are linked without mimalloc; they measure nothing.
extern "C" [[gnu::weak]] void mi_collect(bool force) noexcept;

namespace chargemill::app {

void give_pages_back() {
  if (mi_collect != nullptr) mi_collect(true);
}

}  // namespace chargemill::app
