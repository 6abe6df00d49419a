// What monitoring wants to know beyond a snapshot: by zone, by kind. Live, and not exact.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "actors/central/watch.hpp"
#include "actors/director/director.hpp"
#include "actors/messages.hpp"
#include "actors/shell/instruments.hpp"
#include "runtime/engine/waiting.hpp"

namespace chargemill::network {

/// Those of ActorKind, in its order, and those that restart them.
inline constexpr std::size_t kActorKinds = 8;
inline constexpr std::size_t kSupervisors = kActorKinds - 1;
static_assert(kSupervisors == static_cast<std::size_t>(ActorKind::director) + 1);
static_assert(kActorKinds <= runtime::kActorKindsMax, "the engine counts what waits by them");

/// Latencies of the summary whose slowest are known by name, in the order in which they are listed.
enum class Latency : std::uint8_t {
  request_decision,
  session_start,
  fault_detection,
  tick_lateness
};
inline constexpr std::size_t kLatencies = 4;
/// Their names in the summary.
[[nodiscard]] std::string_view word(Latency latency) noexcept;

/// One that was slow, and whom it was about.
struct Slow {
  Nanos lasted{};
  SimTime at{};  ///< when it was measured
  Concerned whom;
  std::uint64_t label = 0;  ///< of the actor whose timer it was (label_from); 0: nobody's
};
/// Of each, slowest first.
inline constexpr std::size_t kSlowestMax = runtime::SlowestRecorder<Concerned>::kSamples;
using Slowest = std::array<std::vector<Slow>, kLatencies>;

struct Detail {
  std::vector<central::ZoneTotals> zones;  ///< by ZoneId
  central::WatchTotals watch;
  std::array<std::uint64_t, kActorKinds> actors{};              ///< by ActorKind
  std::array<std::uint64_t, director::kFaultKinds> injected{};  ///< by director::FaultKind
  /// Requests for any point of a zone; those for a named point are the others.
  std::uint64_t any_accepted = 0, any_denied = 0, any_timed_out = 0;
  Slowest slowest;  ///< of the latest minutes, by Latency
};

/// What the nodes of a cluster come to together.
void add(Detail& to, const Detail& from);

}  // namespace chargemill::network
