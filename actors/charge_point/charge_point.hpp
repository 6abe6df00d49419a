// One charge point (its engine) as plain data: no CAF, no clock, no I/O.
#pragma once

#include <variant>
#include <vector>

#include "actors/charge_point/meter.hpp"
#include "actors/messages.hpp"
#include "runtime/base/inline_vector.hpp"
#include "runtime/base/rare.hpp"

namespace chargemill::charge_point {

/// What many charge points have in common; outlives them all.
struct Settings {
  Nanos telemetry_interval = std::chrono::seconds{1};  ///< D-108; > 0
  Nanos max_session{0};                                ///< D-110; 0: no limit
  Nanos start_timeout = std::chrono::seconds{10};      ///< D-095
};

enum class Life : std::uint8_t { off, on, crashed };

/// A status that waits for its turn.
struct WaitingStatus {
  SessionId session;
  SimTime at;
  Phase phase;
  Reason reason;
  Reason detail;
  Command refused;
  Refusal refusal;
  std::uint8_t ends_before;  ///< Meter::ends_made when it was written: those ends go first (D-102)
};
static_assert(sizeof(WaitingStatus) == 24);

/// Statuses that wait at most; beyond it refusals are dropped first, then the oldest, and counted.
inline constexpr std::size_t kOutboxMax = 8;

/// What a ping reads comes first, then what a telemetry does, then the rest: a million of these do
/// not fit in a cache, and lines that are not read need not be fetched.
struct State {
  SimTime silent_until{};  ///< the engine hangs until then; zero: it does not
  PointId id{};
  Phase phase = Phase::disconnected;
  Life life = Life::off;
  bool link_up : 1;
  bool ko : 1;                      ///< the KO key (D-105); outlives crash and power cut
  bool manual_plug : 1;             ///< else a vehicle is always plugged in (D-106)
  bool plugged : 1;                 ///< meaningful in manual mode
  bool meter_broken : 1;            ///< the next report is a telemetry error (D-104); likewise
  std::uint8_t telemetry_sent = 0;  ///< since the last that asked for an acknowledgement
  std::uint32_t last_seq = 0;       ///< of statuses and telemetry; goes on over a crash
  std::uint32_t status_seq = 0;     ///< the unacknowledged status; 0: none, there is credit
  std::uint32_t asked_seq = 0;      ///< the telemetry that waits for one; 0: none, there is credit
  std::vector<WaitingStatus> outbox;  ///< in order; nearly always empty
  Meter meter;                        ///< outlives a crash
  SimTime telemetry_at{};             ///< next due; meaningful while supplying
  const Settings* settings = nullptr;
  Price price;
  SimTime incarnation{};   ///< when this engine connected; older starts are phantoms (D-095)
  SimTime refuse_until{};  ///< each start is refused before then
  Rare<StartSupply> held;  ///< authorised, waits for the plug (D-106, manual mode)

  State() noexcept
      : link_up(true), ko(false), manual_plug(false), plugged(false), meter_broken(false) {}
};
static_assert(sizeof(State) <= 192, "with its actor, less than half a kibibyte");

using Event = std::variant<StartSupply, StopSupply, StopCp, ResumeCp, Shutdown, ReportAck,
                           SessionEndAck, StartDeclined, Ping, PowerOn, PowerOff, LinkDown, LinkUp,
                           Silence, RefuseStarts, KoKey, OkKey, MeterFails, MeterWorks, Plug,
                           Unplug, StartHere, Crash, Restart, Tick>;
static_assert(sizeof(Event) <= 64);

/// What the shell logs or counts.
enum class NoteCode : std::uint8_t {
  invalid_payload,      ///< D-092
  command_refused,      ///< D-094
  phantom_start,        ///< D-095: too old, dropped
  command_lost,         ///< the engine hung or was down, or the link was cut
  report_dropped,       ///< the outbox was full
  telemetry_merged,     ///< no credit; its energy goes with the next
  local_start_refused,  ///< D-106
  central_lost,         ///< D-107: `Unable to connect to CENTRAL`
  central_back
};
struct Note {
  NoteCode code;
  Command command = Command::none;    ///< which, where one is meant
  Refusal refusal = Refusal::none;    ///< why, where the point itself refused
  Reason reason = Reason::none;       ///< why, where central did
  Phase phase = Phase::disconnected;  ///< of the refusal
};
/// The console shows the totals of a session that is over (D-096). What an engine delivered that
/// then died only its meter knows: nobody is there to show it.
struct SessionTotals {
  Energy delivered;
  Nanos lasted{0};
  SessionStatus status = SessionStatus::active;
  Reason reason = Reason::none;
};
/// The shell throws: the engine's handler has failed.
struct Throw {};

using Effect = std::variant<Status, Telemetry, SessionEnd, LocalStart, Pong, PingRefused, Note,
                            SessionTotals, Throw>;
static_assert(sizeof(Effect) <= 64);
/// Four ends, a status, a telemetry, an answer, the totals of a session, and notes.
using Effects = InlineVector<Effect, 13>;

/// A charge point that has not been switched on. `settings` outlives it. Requires power > 0.
[[nodiscard]] State make_state(PointId id, Power power, Price price, const Settings& settings,
                               bool manual_plug = false);

/// Answers `event`, which happens at `now`: changes `state` in place and says what must be said.
/// What is due by `now` happens first, so that an event never overtakes the end of a session.
[[nodiscard]] Effects step(State& state, const Event& event, SimTime now);

/// When the charge point next wants Tick; kNever: not at all.
[[nodiscard]] SimTime due(const State& state);

/// The engine has thrown: all that is volatile is gone, the meter stops at `now` and stays (D-103).
void crashed(State& state, SimTime now);

/// Like `step`, while the engine is off or crashed: pings are refused, acknowledgements still
/// reach the meter, keys, plug and link are as they are put, all else is lost. After a clean stop
/// its last words are still delivered.
[[nodiscard]] Effects while_down(State& state, const Event& event, SimTime now);

}  // namespace chargemill::charge_point
