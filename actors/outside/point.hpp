// A charge point whose engine runs outside, as its central shard sees it: plain data, no socket.
#pragma once

#include <array>
#include <variant>

#include "actors/messages.hpp"
#include "actors/outside/account.hpp"
#include "actors/outside/line.hpp"
#include "runtime/base/inline_vector.hpp"

namespace chargemill::outside {

// clang-format off
struct Arrived    {};  ///< its engine has a connection
struct Left       {};  ///< and has none any more
/// What the engine says. Sequence numbers, sessions of statuses and times are filled in here.
struct SaidState  { Status status; };
struct SaidEnergy { SessionId session; Power power; Energy delivered; Money cost; bool has_energy; };  ///< without: as it was (D-027)
struct SaidEnd    { SessionEnd end; };
// clang-format on

/// Telemetry whose acknowledgement has not come.
struct Unanswered {
  SessionId session = SessionId::none;
  Energy delivered;
  std::uint32_t seq = 0;
};
/// So many at most; what comes meanwhile goes with the next.
inline constexpr std::size_t kUnansweredMax = 8;

struct State {
  PointId id{};
  Phase phase = Phase::disconnected;  ///< by its latest status
  bool has_spoken = false;            ///< a status, on this connection
  bool is_connected = false;
  bool link_up = true;     ///< central hears it
  bool stop_sent = false;  ///< the present session has been told to end
  std::uint32_t last_seq = 0;
  Energy target;            ///< of the present session; 0: none
  SimTime ends = kNever;    ///< its stay is over then
  SimTime resend = kNever;  ///< when unconfirmed ends are told again
  Accounts accounts;
  InlineVector<Unanswered, kUnansweredMax> unanswered;
};

using Event =
    std::variant<StartSupply, StopSupply, StopCp, ResumeCp, Shutdown, ReportAck, SessionEndAck,
                 PowerOn, LinkDown, LinkUp, Arrived, Left, SaidState, SaidEnergy, SaidEnd, Tick>;

enum class NoteCode : std::uint8_t {
  order_lost,        ///< nobody is connected
  telemetry_merged,  ///< central is behind
  stray_report       ///< of a session that the charge point was not told to start (D-065)
};
struct Note {
  NoteCode code;
};
/// Its connection is lost: central knows nothing of its state any more.
struct Silent {};

/// Order: to the outside. The others but Note: to the shard that owns the point.
using Effect = std::variant<Status, Telemetry, SessionEnd, Silent, Order, Note>;
using Effects = InlineVector<Effect, 12>;

[[nodiscard]] State make_state(PointId id);

/// Answers `event`, which happens at `now`: changes `state` and says what must be said.
[[nodiscard]] Effects step(State& state, const Event& event, SimTime now);

/// When it next wants Tick; kNever: not at all.
[[nodiscard]] SimTime due(const State& state);

}  // namespace chargemill::outside
