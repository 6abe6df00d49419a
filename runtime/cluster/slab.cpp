#include "runtime/cluster/slab.hpp"

#include <cstring>
#include <new>

#include "runtime/base/assert.hpp"

namespace chargemill::runtime {

void Slab::let_go() noexcept {
  // acq_rel: what others did with it happens before it is used anew; pairs with itself.
  const auto before = references_.fetch_sub(1, std::memory_order_acq_rel);
  CHARGEMILL_ASSERT(before > 0);
  if (before > 1) return;
  if (pool_ != nullptr) return pool_->give_back(this);
  SlabPool::free(this);
}

SlabPool::~SlabPool() {
  for (Slab* slab = nullptr; free_.try_dequeue(slab);) free(slab);
}

SlabPtr SlabPool::take() {
  Slab* slab = nullptr;
  if (!free_.try_dequeue(slab)) return SlabPtr{allocate(this, FrameLayout::kBodyBytesMax)};
  slab->used_ = 0;
  slab->references_.store(1, std::memory_order_relaxed);  // relaxed: nobody else knows it
  return SlabPtr{slab};
}

SlabPtr SlabPool::make(std::size_t body_bytes) { return SlabPtr{allocate(nullptr, body_bytes)}; }

SlabPtr SlabPool::fitted(SlabPtr slab) {
  if (slab->room() == 0) return slab;
  SlabPtr same = make(slab->body_bytes());
  std::memcpy(same->body(), slab->body(), slab->body_bytes());
  same->grow(slab->body_bytes());
  return same;
}

void SlabPool::give_back(Slab* slab) noexcept {
  if (free_.size_approx() >= kKeptMax || !free_.try_enqueue(slab)) free(slab);
}

// One block: the slab, then its bytes.
Slab* SlabPool::allocate(SlabPool* pool, std::size_t body_bytes) {
  CHARGEMILL_ASSERT(body_bytes <= FrameLayout::kBodyBytesMax);
  auto* const block = static_cast<std::byte*>(
      ::operator new(sizeof(Slab) + FrameLayout::kHeaderBytes + body_bytes));
  return new (block) Slab{pool, static_cast<std::uint32_t>(body_bytes), block + sizeof(Slab)};
}

void SlabPool::free(Slab* slab) noexcept {
  slab->~Slab();
  ::operator delete(slab);
}

}  // namespace chargemill::runtime
