// Memory for frames: filled by one thread, read by the socket and by whoever may send it again.
#pragma once

#include <concurrentqueue/concurrentqueue.h>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

#include "runtime/cluster/frame_layout.hpp"
#include "runtime/engine/inbound_queue.hpp"

namespace chargemill::runtime {

class SlabPool;

/// Room for one frame, the header's 32 bytes first; the body grows behind them. Counted references:
/// the last one gives it back to its pool, from any thread (ZeroMQ lets go in a thread of its own).
/// On its way to the links' thread it is a node of that thread's queue.
class Slab : public InboundNode {
 public:
  // Where it goes; written by whoever hands it over.
  std::uint16_t to = 0;
  bool is_control = false;
  std::uint32_t life = 0;  // of the peer; another one is not told

  [[nodiscard]] std::byte* frame() noexcept { return bytes_; }
  [[nodiscard]] std::byte* body() noexcept { return bytes_ + FrameLayout::kHeaderBytes; }
  [[nodiscard]] std::size_t body_bytes() const noexcept { return used_; }
  [[nodiscard]] std::size_t frame_bytes() const noexcept {
    return FrameLayout::kHeaderBytes + used_;
  }
  [[nodiscard]] std::size_t room() const noexcept { return capacity_ - used_; }
  /// Where the body goes on. What is written there counts after grow().
  [[nodiscard]] std::byte* end() noexcept { return body() + used_; }
  void grow(std::size_t bytes) noexcept { used_ += static_cast<std::uint32_t>(bytes); }

  void hold() noexcept {
    references_.fetch_add(1, std::memory_order_relaxed);  // relaxed: the holder has one already
  }
  void let_go() noexcept;

 private:
  friend class SlabPool;
  Slab(SlabPool* pool, std::uint32_t capacity, std::byte* bytes) noexcept
      : pool_(pool), capacity_(capacity), bytes_(bytes) {}

  SlabPool* const pool_;  // null: of its own
  const std::uint32_t capacity_;
  std::uint32_t used_ = 0;                    // written by whoever fills it, before others hold it
  std::atomic<std::uint32_t> references_{1};  // written by all who hold it
  std::byte* const bytes_;
};

/// One reference to a slab.
class SlabPtr {
 public:
  SlabPtr() = default;
  /// Takes over a reference.
  explicit SlabPtr(Slab* slab) noexcept : slab_(slab) {}
  SlabPtr(SlabPtr&& other) noexcept : slab_(std::exchange(other.slab_, nullptr)) {}
  SlabPtr(const SlabPtr& other) noexcept : slab_(other.slab_) {
    if (slab_ != nullptr) slab_->hold();
  }
  SlabPtr& operator=(SlabPtr other) noexcept {
    std::swap(slab_, other.slab_);
    return *this;
  }
  ~SlabPtr() {
    if (slab_ != nullptr) slab_->let_go();
  }
  [[nodiscard]] Slab* release() noexcept { return std::exchange(slab_, nullptr); }
  [[nodiscard]] Slab* operator->() const noexcept { return slab_; }
  [[nodiscard]] Slab& operator*() const noexcept { return *slab_; }
  [[nodiscard]] explicit operator bool() const noexcept { return slab_ != nullptr; }

 private:
  Slab* slab_ = nullptr;
};

/// Slabs for data, of the largest frame each, used again and again. Threads: any. Outlives all its
/// slabs. The list of free ones is moodycamel's (lock-free; Debian's libconcurrentqueue-dev).
class SlabPool {
 public:
  /// So many free slabs are kept; what is given back beyond goes to the allocator.
  static constexpr std::size_t kKeptMax = 64;

  SlabPool() = default;
  SlabPool(const SlabPool&) = delete;
  SlabPool& operator=(const SlabPool&) = delete;
  ~SlabPool();

  /// An empty slab for a body of at most FrameLayout::kBodyBytesMax.
  [[nodiscard]] SlabPtr take();
  /// One of its own, for a small body that is written once.
  [[nodiscard]] static SlabPtr make(std::size_t body_bytes);
  /// The same body with no room beside it.
  [[nodiscard]] static SlabPtr fitted(SlabPtr slab);

 private:
  friend class Slab;
  void give_back(Slab* slab) noexcept;
  [[nodiscard]] static Slab* allocate(SlabPool* pool, std::size_t body_bytes);
  static void free(Slab* slab) noexcept;

  moodycamel::ConcurrentQueue<Slab*> free_;
};

}  // namespace chargemill::runtime
