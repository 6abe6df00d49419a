// Messages of one worker's actors to those of another, handed over together.
#pragma once

#include <array>
#include <caf/mailbox_element.hpp>
#include <cstdint>

#include "runtime/engine/inbound_queue.hpp"

namespace chargemill::runtime {

class LeanActor;

/// Filled by the worker that sends, emptied by the one that receives; the inbound queue passes it
/// on whole. So a message to another worker costs a place in an array, and one exchange is paid for
/// all of them, instead of two for each. Letters lie in the order of sending.
struct MailBag : InboundNode {
  static constexpr std::uint32_t kLettersMax = 63;  // with the head 1 KiB

  struct Letter {
    LeanActor* to;  ///< of a bag for another node: no pointer but the number that entity() gives
    caf::mailbox_element* message;

    [[nodiscard]] std::uint32_t entity() const noexcept {
      return static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(to));
    }
  };

  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): letters mean nothing before add()
  MailBag() noexcept : InboundNode(Kind::bag) {}
  [[nodiscard]] bool is_full() const noexcept { return count == kLettersMax; }
  void add(LeanActor* to, caf::mailbox_element* message) noexcept {
    letters[count++] = {to, message};
  }

  std::uint16_t sender = 0;  ///< the worker that filled it last, who may have it back
  std::uint32_t count = 0;
  std::array<Letter, kLettersMax> letters;  // the first `count` mean something
};
static_assert(sizeof(MailBag) <= 1'024);

}  // namespace chargemill::runtime
