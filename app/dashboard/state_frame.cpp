#include "app/dashboard/state_frame.hpp"

#include <zlib.h>

#include "app/dashboard/deflated.hpp"
#include "runtime/base/assert.hpp"

namespace chargemill::app::dashboard {
namespace {

constexpr std::uint8_t kStatesType = 1;
constexpr std::uint8_t kKeyFlag = 1;
constexpr std::uint8_t kAllDisconnected = 0x44;  // two points
static_assert(kAllDisconnected == static_cast<unsigned>(StateCode::disconnected) * 0x11U);
// Fast: a frame is made twice a second, and beyond this level it shrinks by a few percent only.
constexpr int kLevel = 4;
// Deflate expands a byte to no more: room is made for what a message can hold, not for what it
// says.
constexpr std::size_t kExpandedMax = 1'032;

template <class T>
void append(std::string& to, T value) {
  auto rest = static_cast<std::uint64_t>(value);
  for (std::size_t i = 0; i < sizeof(T); ++i, rest >>= 8U)
    to.push_back(static_cast<char>(rest & 0xFFU));
}

template <class T>
T take(std::string_view& from) noexcept {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < sizeof(T); ++i)
    value |= std::uint64_t{static_cast<std::uint8_t>(from[i])} << 8U * i;
  from.remove_prefix(sizeof(T));
  return static_cast<T>(value);
}

}  // namespace

PackedStates::PackedStates(std::uint32_t points)
    : points_(points), bytes_((points + 1) / 2, kAllDisconnected) {
  if (points % 2 == 1) bytes_.back() &= 0x0FU;  // of the one that is not there nothing is said
}

std::string encode_frame(const FrameHead& head, const PackedStates& states,
                         const PackedStates* base) {
  CHARGEMILL_ASSERT(head.points == states.size());
  CHARGEMILL_ASSERT((base == nullptr) == (head.base == 0));
  CHARGEMILL_ASSERT(base == nullptr || base->size() == states.size());
  std::string message;
  append(message, kStatesType);
  append(message, base == nullptr ? kKeyFlag : std::uint8_t{0});
  append(message, head.points);
  append(message, head.number);
  append(message, head.base);
  append(message, head.sim_ms);
  CHARGEMILL_ASSERT(message.size() == kFrameHeadBytes);

  std::vector<std::uint8_t> plain = states.bytes();
  if (base != nullptr) {
    for (std::size_t i = 0; i < plain.size(); ++i) plain[i] ^= base->bytes()[i];
  }
  message += deflated({reinterpret_cast<const char*>(plain.data()), plain.size()}, kLevel);
  return message;
}

std::optional<FrameHead> apply_frame(std::string_view message, std::uint32_t held,
                                     PackedStates& states) {
  if (message.size() < kFrameHeadBytes) return std::nullopt;
  if (take<std::uint8_t>(message) != kStatesType) return std::nullopt;
  const bool is_key = (take<std::uint8_t>(message) & kKeyFlag) != 0;
  FrameHead head;
  head.points = take<std::uint32_t>(message);
  head.number = take<std::uint32_t>(message);
  head.base = take<std::uint32_t>(message);
  head.sim_ms = take<std::int64_t>(message);
  if (is_key != (head.base == 0)) return std::nullopt;
  // Points join and never leave: only a keyframe can say so.
  if (is_key ? head.points < states.size() : head.points != states.size()) return std::nullopt;
  if (!is_key && head.base != held) return std::nullopt;
  const std::size_t bytes = (std::size_t{head.points} + 1) / 2;
  if (bytes > message.size() * kExpandedMax) return std::nullopt;

  std::vector<std::uint8_t> plain(bytes);
  uLongf length = static_cast<uLongf>(plain.size());
  const int code = uncompress(plain.data(), &length, reinterpret_cast<const Bytef*>(message.data()),
                              static_cast<uLong>(message.size()));
  if (code != Z_OK || length != plain.size()) return std::nullopt;
  PackedStates next{head.points};
  for (std::uint32_t i = 0; i < head.points; ++i) {
    unsigned code_now = plain[i / 2] >> i % 2 * 4U & 0xFU;
    if (!is_key) code_now ^= static_cast<unsigned>(states.get(i));
    if (code_now >= kStateCodes) return std::nullopt;
    next.set(i, static_cast<StateCode>(code_now));
  }
  states = std::move(next);
  return head;
}

std::optional<Said> parse_said(std::string_view message) noexcept {
  if (message.size() != kSaidBytes) return std::nullopt;
  const auto kind = take<std::uint8_t>(message);
  if (kind < static_cast<std::uint8_t>(Said::Kind::taken) ||
      kind > static_cast<std::uint8_t>(Said::Kind::resumed))
    return std::nullopt;
  return Said{static_cast<Said::Kind>(kind), take<std::uint32_t>(message)};
}

std::string to_bytes(const Said& said) {
  std::string message;
  append(message, static_cast<std::uint8_t>(said.kind));
  append(message, said.number);
  return message;
}

}  // namespace chargemill::app::dashboard
