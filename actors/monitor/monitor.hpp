// The monitor of one charge point as plain data: it checks the engine and tells central.
#pragma once

#include <variant>

#include "actors/messages.hpp"
#include "runtime/base/inline_vector.hpp"
#include "runtime/base/rare.hpp"

namespace chargemill::monitor {

// In one process a connection is made or refused at once, so of the two time-outs of D-116 (connect
// 2 s, read 1 s) only the second is ever waited for.
inline constexpr Nanos kReadTimeout = std::chrono::seconds{1};
inline constexpr std::uint8_t kFailuresMax = 3;   ///< D-117
inline constexpr std::uint8_t kAttemptsMax = 10;  ///< D-114

enum class Life : std::uint8_t { off, on, crashed };
/// The report that central is to confirm next.
enum class Pending : std::uint8_t { none, fault, healthy };

/// An episode has begun, or is over.
struct Report {
  SimTime at;
  bool is_fault;
};
/// Four episodes that central has not heard of. Another one then is the last of them going on.
inline constexpr std::size_t kReportsMax = 8;
/// What central has not confirmed, oldest first: beginnings and ends in turn. Each is repeated
/// until it is confirmed, then comes the next (D-117, D-118).
struct Owed {
  InlineVector<Report, kReportsMax> reports;
  SimTime repeat_at;
};

struct State {
  SimTime beat_at = kNever;                  ///< next heartbeat; earlier if a check is
  SimTime check_at = kNever;                 ///< next check; kNever while one is under way
  SimTime deadline = kNever;                 ///< of the check under way; kNever: there is none
  SimTime register_at = kNever;              ///< next attempt to register
  Nanos interval = std::chrono::seconds{1};  ///< between checks, and between heartbeats; > 0
  PointId id{};
  std::uint32_t number = 0;  ///< of the last ping; older answers are late and ignored
  Life life = Life::off;
  std::uint8_t failures = 0;  ///< consecutive
  std::uint8_t attempts = 0;  ///< to register
  bool link_up = true;
  bool registered = false;
  bool unhealthy = false;  ///< outlives the monitor's process, else nobody would end the episode
  bool simulate_fault = false;
  Nanos offset{0};  ///< from PowerOn to the first check
  Price price;      ///< told at the registration
  Rare<Owed> owed;  ///< outlives the monitor's process like `unhealthy`; none: all is confirmed
};
static_assert(sizeof(State) <= 96, "a million of them have to fit");

using Event =
    std::variant<PowerOn, PowerOff, Pong, PingRefused, RegisterAck, UnknownPoint, FaultAck,
                 HealthyAck, LinkDown, LinkUp, SimulateFault, Tick, Crash, Restart>;
static_assert(sizeof(Event) <= 64);

/// What the console shows (D-121).
enum class NoteCode : std::uint8_t { fault_found, recovery_found, central_lost, central_back };
struct Note {
  NoteCode code;
};
/// The shell throws: the monitor's handler has failed.
struct Throw {};

using Effect = std::variant<Ping, Register, Heartbeat, FaultReport, HealthyReport, Note, Throw>;
using Effects = InlineVector<Effect, 8>;

/// A monitor that has not been switched on. Requires interval > 0 and offset >= 0.
[[nodiscard]] State make_state(PointId id, Price price, Nanos interval, Nanos offset);

/// Answers `event`, which happens at `now`: changes `state` in place and says what must be said.
[[nodiscard]] Effects step(State& state, const Event& event, SimTime now);

[[nodiscard]] Pending pending(const State& state) noexcept;

/// When the monitor next wants Tick; kNever: not at all.
[[nodiscard]] SimTime due(const State& state);

/// The monitor has thrown: it does nothing until Restart.
void crashed(State& state, SimTime now);

}  // namespace chargemill::monitor
