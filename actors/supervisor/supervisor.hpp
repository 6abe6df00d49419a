// Restarts failed actors: later each time, and not without end (one supervisor a shard).
#pragma once

#include <map>
#include <set>
#include <utility>
#include <variant>

#include "actors/messages.hpp"
#include "runtime/base/inline_vector.hpp"

namespace chargemill::supervisor {

/// Restart intensity as in OTP's supervisors, per child; delays are ours.
struct Settings {
  std::uint32_t restarts_max = 5;           ///< R: within `period`; the next failure is the last
  Nanos period = std::chrono::seconds{60};  ///< P
  Nanos engine_delay = std::chrono::seconds{2};  ///< a charge point's first restart (D-216)
  Nanos delay = std::chrono::seconds{1};         ///< anybody else's
  Nanos delay_max = std::chrono::seconds{30};    ///< doubled with each restart within the period
};

using Child = std::pair<ActorKind, std::uint32_t>;  ///< kind and index within it

inline constexpr std::size_t kRestartsLimit = 16;  ///< Settings::restarts_max stays below

/// What is remembered of a child that failed lately. Failures are stamped with the child's running
/// time: else the growing delays alone would stretch the period, and nobody was ever given up.
struct Record {
  InlineVector<SimTime, kRestartsLimit> failures;  ///< within the period, oldest first
  Nanos down{};          ///< the delays so far, which the stamps leave out
  SimTime restart_at{};  ///< of the restart that is planned, if `waiting`
  bool waiting = false;  ///< a restart is planned
};

struct Totals {
  std::uint64_t failures = 0;
  std::uint64_t restarts = 0;
  std::uint64_t given_up = 0;
};

struct State {
  Settings settings;
  std::map<Child, Record> children;             ///< only those that failed within the period
  std::set<std::pair<SimTime, Child>> planned;  ///< restarts to come
  std::map<Child, SimTime> held;  ///< who shall not be restarted before; passed ones go lazily
  SimTime next_prune{};           ///< when old records are next dropped
  Totals totals;
};

// clang-format off
/// Whoever harms the child wants it to stay down so long. Comes before or after its failure is told.
struct KeepDown     { SimTime until; std::uint32_t index; ActorKind kind; };
struct RestartChild { ActorKind kind; std::uint32_t index; };
struct GiveUp       { ActorKind kind; std::uint32_t index; };  ///< too many failures: it stays down
// clang-format on

using Event = std::variant<ChildFailed, KeepDown, Tick>;
using Effect = std::variant<RestartChild, GiveUp>;
using Effects = InlineVector<Effect, 64>;
static_assert(sizeof(Event) <= 64);

/// Requires settings.restarts_max < kRestartsLimit.
[[nodiscard]] State make_state(const Settings& settings = {});

/// Answers `event`, which happens at `now`: changes `state` and says what must be said.
[[nodiscard]] Effects step(State& state, const Event& event, SimTime now);

/// When the supervisor next wants Tick; kNever: not at all.
[[nodiscard]] SimTime due(const State& state);

}  // namespace chargemill::supervisor
