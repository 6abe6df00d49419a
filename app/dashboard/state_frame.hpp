// What one binary message of the dashboard says: the states of all charge points, packed, as bytes.
// FORMAT.md draws it. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/messages.hpp"

namespace chargemill::app::dashboard {

/// What the map shows of a charge point. The numbers go over the wire: append, never insert.
enum class StateCode : std::uint8_t {
  available,     ///< ACTIVATED
  charging,      ///< SUPPLYING
  starting,      ///< ACTIVATED, a request is accepted, no supply is seen yet
  stopped,       ///< STOPPED, Out of Order
  disconnected,  ///< DISCONNECTED
  faulted,       ///< BROKEN
};
inline constexpr std::size_t kStateCodes = 6;

/// D-194, and of an activated point whether a session is about to begin.
[[nodiscard]] constexpr StateCode state_code(DisplayState display, bool is_starting) noexcept {
  switch (display) {
    case DisplayState::supplying:
      return StateCode::charging;
    case DisplayState::stopped:
      return StateCode::stopped;
    case DisplayState::broken:
      return StateCode::faulted;
    case DisplayState::disconnected:
      return StateCode::disconnected;
    case DisplayState::activated:
      break;
  }
  return is_starting ? StateCode::starting : StateCode::available;
}

/// Four bits a point: the even ones in the low half of a byte.
class PackedStates {
 public:
  /// All disconnected.
  explicit PackedStates(std::uint32_t points);

  void set(std::uint32_t point, StateCode code) noexcept {
    std::uint8_t& byte = bytes_[point / 2];
    const unsigned shift = point % 2 * 4U;
    byte =
        static_cast<std::uint8_t>((byte & (0xF0U >> shift)) | static_cast<unsigned>(code) << shift);
  }
  [[nodiscard]] StateCode get(std::uint32_t point) const noexcept {
    return static_cast<StateCode>(bytes_[point / 2] >> point % 2 * 4U & 0xFU);
  }
  [[nodiscard]] std::uint32_t size() const noexcept { return points_; }
  [[nodiscard]] const std::vector<std::uint8_t>& bytes() const noexcept { return bytes_; }

 private:
  std::uint32_t points_;
  std::vector<std::uint8_t> bytes_;
};

/// What stands before the payload; `base` 0: a keyframe, the difference to nothing.
struct FrameHead {
  std::uint32_t points = 0;
  std::uint32_t number = 0;  ///< rising from 1
  std::uint32_t base = 0;
  std::int64_t sim_ms = 0;  ///< model time of the sample
};
inline constexpr std::size_t kFrameHeadBytes = 22;

/// zlib of `states` XOR `base` behind its head. `base` null: of `states` as they are. Requires both
/// of the same size.
[[nodiscard]] std::string encode_frame(const FrameHead& head, const PackedStates& states,
                                       const PackedStates* base);

/// What a reader makes of a message. Nothing: it is none, or does not follow `states`, which the
/// reader holds and which are of number `held`; then they are as they were. A keyframe may have
/// more points than the reader knew of.
[[nodiscard]] std::optional<FrameHead> apply_frame(std::string_view message, std::uint32_t held,
                                                   PackedStates& states);

/// What a client says: five bytes.
struct Said {
  enum class Kind : std::uint8_t {
    taken = 1,   ///< it has applied frame `number`
    lost = 2,    ///< it wants a keyframe next
    paused = 3,  ///< it wants no more states until `resumed`
    resumed = 4,
  };
  Kind kind{};
  std::uint32_t number = 0;
};
inline constexpr std::size_t kSaidBytes = 5;
[[nodiscard]] std::optional<Said> parse_said(std::string_view message) noexcept;
[[nodiscard]] std::string to_bytes(const Said& said);

}  // namespace chargemill::app::dashboard
