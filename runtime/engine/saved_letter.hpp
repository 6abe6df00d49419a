// A message in virtual time as bytes.
#pragma once

#include <optional>

#include "runtime/engine/letter.hpp"
#include "runtime/saved/reader.hpp"
#include "runtime/saved/writer.hpp"

namespace chargemill::runtime {

/// How messages of one type are kept.
struct SavedLetter {
  std::uint64_t tag;
  void (*write)(const void* content, saved::Writer& to);
  /// A letter on its own; none: these are no bytes of one.
  std::optional<LetterPtr> (*read)(saved::Reader& from);

  template <class T>
  [[nodiscard]] static SavedLetter of() {
    return {Packet<T>::tag(),
            [](const void* content, saved::Writer& to) { to(*static_cast<const T*>(content)); },
            [](saved::Reader& from) -> std::optional<LetterPtr> {
              T content{};
              from(content);
              if (!from.is_sound()) return std::nullopt;
              return LetterPtr::on_its_own(content);
            }};
  }
};

}  // namespace chargemill::runtime
