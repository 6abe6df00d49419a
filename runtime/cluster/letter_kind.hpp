// What must be known of a type of message to carry it to another node.
#pragma once

#include <cstddef>
#include <cstdint>

#include "runtime/engine/letter.hpp"
#include "runtime/engine/packet.hpp"
#include "runtime/wire/byte_view.hpp"

namespace chargemill::runtime {

/// The content of one message has so many bytes at most.
inline constexpr std::size_t kContentBytesMax = 255;

struct LetterKind {
  std::uint64_t tag;  ///< Packet<T>::tag()
  /// Writes the content; how many bytes.
  std::size_t (*write)(const void* content, std::byte* to);
  /// Empty: these are no bytes that write() writes.
  LetterPtr (*read_letter)(ByteView bytes);
  /// Null: likewise.
  PacketBase* (*read_packet)(ByteView bytes);
};

/// `Write`: std::size_t(const T&, std::byte*), at most kContentBytesMax. `Read`: bool(ByteView,
/// T&), false for anything that Write does not write.
template <class T, auto Write, auto Read>
[[nodiscard]] LetterKind letter_kind() {
  return {
      Packet<T>::tag(),
      [](const void* content, std::byte* to) { return Write(*static_cast<const T*>(content), to); },
      [](ByteView bytes) {
        T content{};
        return Read(bytes, content) ? LetterPtr::on_its_own(content) : LetterPtr{};
      },
      [](ByteView bytes) -> PacketBase* {
        T content{};
        return Read(bytes, content) ? Packet<T>::make(content) : nullptr;
      }};
}

}  // namespace chargemill::runtime
