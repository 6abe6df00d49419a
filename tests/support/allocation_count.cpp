#include "tests/support/allocation_count.hpp"

#include <atomic>
#include <cstdlib>
#include <new>

namespace {

std::atomic<std::uint64_t> counted{0};  // written by whoever allocates

}  // namespace

namespace chargemill::test {

std::uint64_t allocations() noexcept {
  return counted.load(std::memory_order_relaxed);  // relaxed: a counter; orders nothing
}

}  // namespace chargemill::test

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
// The replaceable forms that the others fall back to. Memory comes from malloc, so that valgrind
// still sees each block.
void* operator new(std::size_t bytes) {
  counted.fetch_add(1, std::memory_order_relaxed);  // relaxed: as above
  if (void* const memory = std::malloc(bytes)) return memory;
  throw std::bad_alloc{};
}
void* operator new(std::size_t bytes, std::align_val_t alignment) {
  counted.fetch_add(1, std::memory_order_relaxed);  // relaxed: as above
  const auto to = static_cast<std::size_t>(alignment);
  if (void* const memory = std::aligned_alloc(to, (bytes + to - 1) / to * to)) return memory;
  throw std::bad_alloc{};
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }
#endif
