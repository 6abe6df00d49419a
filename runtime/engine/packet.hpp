// A message between lean actors: one struct in one mailbox element, from a pool.
#pragma once

#include <caf/mailbox_element.hpp>
#include <caf/type_erased_tuple.hpp>
#include <cstddef>
#include <cstdint>
#include <new>
#include <type_traits>

namespace chargemill::runtime {

/// Blocks of two cache lines, kept by the thread that frees them. What a thread outside the engine
/// allocates a worker frees; a pool that holds enough gives the rest back to the allocator, so
/// memory cannot pile up on the receiving side. Threads: one pool each; no sharing.
class PacketPool {
 public:
  static constexpr std::size_t kBlockBytes = 128;

  template <std::size_t Bytes>
  [[nodiscard]] static void* allocate() {
    if constexpr (Bytes > kBlockBytes) return ::operator new(Bytes);
    Mine& pool = mine;
    if (pool.free == nullptr) return ::operator new(kBlockBytes);
    Block* const block = pool.free;
    pool.free = block->next;
    --pool.count;
    return block;
  }
  template <std::size_t Bytes>
  static void release(void* memory) noexcept {
    Mine& pool = mine;
    if (Bytes > kBlockBytes || pool.count >= kKeptMax) return ::operator delete(memory);
    pool.free = new (memory) Block{pool.free};
    ++pool.count;
  }
  /// Gives all blocks of this thread back; a worker does so before it ends.
  static void drain() noexcept;

 private:
  static constexpr std::size_t kKeptMax = 16'384;  // 2 MiB a thread
  struct Block {
    Block* next;
  };
  // Trivial, so that access needs no guard.
  struct Mine {
    Block* free;
    std::size_t count;
  };
  static inline thread_local Mine mine{nullptr, 0};
};

/// A type of message.
struct PacketKind {
  std::size_t bytes;  ///< of a content
  /// Its packet, or whatever goes into the mailbox for the content at `from`.
  caf::mailbox_element* (*unpack)(const void* from);

  /// The type as one number, which packets and letters carry.
  [[nodiscard]] std::uint64_t tag() const noexcept {
    return reinterpret_cast<std::uint64_t>(this) | kBit;
  }

  static constexpr std::uint64_t kBit = std::uint64_t{1} << 59U;
};
/// The type that has this tag.
[[nodiscard]] inline const PacketKind& kind_of(std::uint64_t tag) noexcept {
  // NOLINTNEXTLINE(performance-no-int-to-ptr): it was one
  return *reinterpret_cast<const PacketKind*>(tag & ~PacketKind::kBit);
}

/// What all packets share. The receiver knows a packet, and its type, by the message id: a value
/// that CAF itself never makes (bit 59 set above the address of a kind).
class PacketBase  // NOLINT(cppcoreguidelines-virtual-class-destructor): freed by request_deletion
    : public caf::mailbox_element {
 public:
  explicit PacketBase(std::uint64_t tag) noexcept { mid = caf::message_id{tag}; }
  // Only lean actors receive packets, and they read the content through get_if; CAF never asks.
  [[nodiscard]] caf::type_erased_tuple& content() override { return nothing; }
  [[nodiscard]] const caf::type_erased_tuple& content() const override { return nothing; }
  caf::message move_content_to_message() override { return {}; }
  [[nodiscard]] caf::message copy_content_to_message() const override { return {}; }
  /// The content, whose type the tag names.
  [[nodiscard]] const void* data() const noexcept { return this + 1; }

 protected:
  ~PacketBase() override = default;

 private:
  static inline caf::empty_type_erased_tuple nothing;
};

template <class T>
class Packet final : public PacketBase {
  static_assert(std::is_trivially_copyable_v<T>, "messages are plain data");
  static_assert(std::is_trivially_destructible_v<T>);
  static_assert(alignof(T) <= alignof(PacketBase), "the content follows its base at once");

 public:
  /// A new packet with `content`; freed by request_deletion(), which every mailbox calls.
  [[nodiscard]] static Packet* make(const T& content) {
    return new (PacketPool::allocate<sizeof(Packet)>()) Packet(content);
  }
  [[nodiscard]] static std::uint64_t tag() noexcept { return kKind.tag(); }
  static const PacketKind kKind;
  [[nodiscard]] const T& value() const noexcept { return value_; }
  void request_deletion(bool) const noexcept override {
    auto* const self = const_cast<Packet*>(this);
    self->~Packet();
    PacketPool::release<sizeof(Packet)>(self);
  }

 private:
  explicit Packet(const T& content) noexcept : PacketBase(tag()), value_(content) {}

  const T value_;
};

template <class T>
constexpr PacketKind Packet<T>::kKind{sizeof(T),
                                      [](const void* from) noexcept -> caf::mailbox_element* {
                                        return make(*static_cast<const T*>(from));
                                      }};

[[nodiscard]] inline bool is_packet(const caf::mailbox_element& element) noexcept {
  return (element.mid.integer_value() >> 59U) == 1U;
}

}  // namespace chargemill::runtime
