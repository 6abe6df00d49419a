// What becomes of a journal while it is written, for people.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "actors/shell/recording.hpp"

namespace chargemill::app {

[[nodiscard]] std::string news_text(const Recording::News& news);

/// What there is to say of records that found no room: at the first that is lost, and whenever they
/// are ten times as many.
class LossNews {
 public:
  /// `lost`: so far.
  [[nodiscard]] std::optional<std::string> take(std::uint64_t lost);

 private:
  std::uint64_t next_ = 1;
};

}  // namespace chargemill::app
