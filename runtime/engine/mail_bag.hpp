// Messages of one worker's actors to those of another, handed over together.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>

#include "runtime/engine/inbound_queue.hpp"
#include "runtime/engine/letter.hpp"

namespace chargemill::runtime {

class LeanActor;

/// Filled by the worker that sends, emptied by the one that receives; the inbound queue passes it
/// on whole. So one exchange is paid for all that is in it, instead of two for each message. The
/// contents themselves lie in it, one behind the other in the order of sending: the receiver reads
/// one stream of memory, which processors fetch ahead, and puts them into packets of its own.
/// Packets that were passed on one by one would each be two cache lines that the other core has
/// written last, fetched when their actor runs and not before.
///
///     to:8 | tag:8 | content, up to a multiple of 8 || to:8 | tag:8 | ...
struct MailBag : InboundNode {
  static constexpr std::size_t kBytes = 4'096;
  static constexpr std::size_t kRoom = kBytes - 32;  // the head takes the rest

  struct Item {
    LeanActor* to;  ///< of a bag for another node: no pointer but the number that entity() gives
    Letter letter;  ///< its content follows

    [[nodiscard]] std::uint32_t entity() const noexcept {
      return static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(to));
    }
  };

  /// What an item takes whose content has so many bytes.
  [[nodiscard]] static constexpr std::size_t bytes_of(std::size_t content) noexcept {
    return sizeof(Item) + (content + 7) / 8 * 8;
  }

  class Iterator {
   public:
    explicit Iterator(const std::byte* at) noexcept : at_(at) {}
    [[nodiscard]] const Item& operator*() const noexcept {
      return *std::launder(reinterpret_cast<const Item*>(at_));
    }
    [[nodiscard]] const Item* operator->() const noexcept { return &**this; }
    Iterator& operator++() noexcept {
      at_ += bytes_of(kind_of((**this).letter.tag).bytes);
      return *this;
    }
    friend bool operator==(Iterator a, Iterator b) noexcept { return a.at_ == b.at_; }
    friend bool operator!=(Iterator a, Iterator b) noexcept { return a.at_ != b.at_; }

   private:
    const std::byte* at_;
  };

  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): room means nothing before try_add()
  MailBag() noexcept : InboundNode(Kind::bag) {}
  /// Copies the content at `content`; false: it has no room for it.
  [[nodiscard]] bool try_add(LeanActor* to, const PacketKind& type, const void* content) noexcept {
    const std::size_t bytes = bytes_of(type.bytes);
    if (kRoom - used < bytes) return false;
    auto* const item = new (room.data() + used) Item{to, Letter{type.tag()}};
    std::memcpy(item + 1, content, type.bytes);
    used += static_cast<std::uint32_t>(bytes);
    return true;
  }
  [[nodiscard]] bool is_empty() const noexcept { return used == 0; }
  void clear() noexcept { used = 0; }
  [[nodiscard]] Iterator begin() const noexcept { return Iterator{room.data()}; }
  [[nodiscard]] Iterator end() const noexcept { return Iterator{room.data() + used}; }

  std::uint16_t sender = 0;  ///< the worker that filled it last, who may have it back
  std::uint32_t used = 0;    ///< bytes of `room`
  alignas(Item) std::array<std::byte, kRoom> room;
};
static_assert(sizeof(MailBag) <= MailBag::kBytes);
static_assert(sizeof(MailBag::Item) == 16, "a content begins where letter.content() says");

}  // namespace chargemill::runtime
