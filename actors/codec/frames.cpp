#include "actors/codec/frames.hpp"

#include "actors/codec/body_writer.hpp"
#include "runtime/base/assert.hpp"

namespace chargemill::codec {
namespace {

/// In the order of `Channel`.
constexpr std::array<std::string_view, kChannels> kWords{
    "central.commands", "cp.status",      "cp.telemetry",  "driver.requests",
    "driver.updates",   "cp.session_end", "driver.ticket", "cp.register",
    "cp.fault",         "cp.heartbeat",   "driver.cancel", "driver.return"};

}  // namespace

std::string_view word(Channel channel) noexcept {
  const auto index = static_cast<std::size_t>(channel);
  CHARGEMILL_ASSERT(index < kWords.size());
  return kWords[index];
}

std::optional<Channel> channel_of(std::string_view word) noexcept {
  for (std::size_t i = 0; i < kWords.size(); ++i) {
    if (kWords[i] == word) return static_cast<Channel>(i);
  }
  return std::nullopt;
}

void write_frame(const Frame& frame, JsonText& out) {
  with_body_of(frame.channel, [&](auto carries) {
    const auto* const body = std::get_if<typename decltype(carries)::Type>(&frame.body);
    CHARGEMILL_ASSERT(body != nullptr);
    write_typed(word(frame.channel), *body, out);
  });
}

}  // namespace chargemill::codec
