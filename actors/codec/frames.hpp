// Any message of the vocabulary in one JSON object whose `type` says which it is: what external
// participants send and get through the framed door.
#pragma once

#include <optional>
#include <variant>

#include "actors/codec/bodies.hpp"
#include "actors/codec/json_text.hpp"

namespace chargemill::codec {

/// The channels of D-004, what a monitor says over HTTP (D-181 to D-183), and what a driver says
/// that gives a request up (D-125, the body of the request) or is back (D-129).
enum class Channel : std::uint8_t {
  central_commands,
  cp_status,
  cp_telemetry,
  driver_requests,
  driver_updates,
  cp_session_end,
  driver_ticket,
  cp_register,
  cp_fault,
  cp_heartbeat,
  driver_cancel,
  driver_return
};
inline constexpr std::size_t kChannels = 12;

/// `cp.status`: the name of the channel, and the `type` of its frames (D-004).
[[nodiscard]] std::string_view word(Channel channel) noexcept;
[[nodiscard]] std::optional<Channel> channel_of(std::string_view word) noexcept;

using AnyBody = std::variant<DriverRequest, DriverUpdate, CentralCommand, CPStatus, CPTelemetry,
                             CPRegistration, CPSessionTicket, CPHealth, CPHeartbeat, DriverReturn>;

struct Frame {
  Channel channel{};
  AnyBody body;  ///< always what the channel carries
};

/// Names the body that a channel carries.
template <class Body>
struct Carries {
  using Type = Body;
};
/// Calls `f(Carries<Body>{})` with the body of `channel`.
template <class F>
decltype(auto) with_body_of(Channel channel, F&& f) {
  // clang-format off
  switch (channel) {
    case Channel::central_commands: return f(Carries<CentralCommand>{});
    case Channel::cp_status:        return f(Carries<CPStatus>{});
    case Channel::cp_telemetry:     return f(Carries<CPTelemetry>{});
    case Channel::driver_requests:
    case Channel::driver_cancel:    return f(Carries<DriverRequest>{});
    case Channel::driver_updates:   return f(Carries<DriverUpdate>{});
    case Channel::cp_session_end:
    case Channel::driver_ticket:    return f(Carries<CPSessionTicket>{});
    case Channel::cp_register:      return f(Carries<CPRegistration>{});
    case Channel::cp_fault:         return f(Carries<CPHealth>{});
    case Channel::cp_heartbeat:     return f(Carries<CPHeartbeat>{});
    case Channel::driver_return:    break;
  }
  // clang-format on
  return f(Carries<DriverReturn>{});
}

/// Appends the frame: `{"type": "cp.status", "cp_id": ...}`. Requires the body of the channel.
void write_frame(const Frame& frame, JsonText& out);

}  // namespace chargemill::codec
