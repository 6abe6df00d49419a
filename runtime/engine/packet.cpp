#include "runtime/engine/packet.hpp"

namespace chargemill::runtime {

void PacketPool::drain() noexcept {
  while (mine.free != nullptr) {
    Block* const block = mine.free;
    mine.free = block->next;
    ::operator delete(block);
  }
  mine.count = 0;
}

}  // namespace chargemill::runtime
