// What can be asked of what has happened (D-172 to D-178): questions and rows. Who answers is a
// journal, or the memory of a run.
#pragma once

#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "actors/archive/codec.hpp"
#include "actors/archive/position.hpp"
#include "actors/archive/session_told.hpp"
#include "runtime/base/result.hpp"

namespace chargemill::archive {

using UtcMicros = runtime::journal::Micros;  ///< since 1970

/// What is shown: all conditions at once; empty ones do not count (D-166).
struct Filter {
  std::string point;
  std::string driver;
  std::optional<ZoneId> zone;
  std::string kind;  ///< FAULT, RECOVERY; SUPPLYING ...; ACTIVE ...; OPEN, DELIVERED
  UtcMicros since = UtcMicros::min();
  UtcMicros until = UtcMicros::max();
  std::uint64_t limit = 100;  ///< 0: nothing (D-165)
  /// Sessions and tickets: rows of which another journal may know more are meant whatever their
  /// kind, in addition to `limit`.
  bool with_unsettled = false;
};

// clang-format off
struct FaultRow   { std::uint64_t id; UtcMicros time; std::string point; ZoneId zone; EventType type; Reason reason; };
struct HealthRow  { std::uint64_t id; UtcMicros time; std::string point; ZoneId zone; Health health; };
/// `end` and `reason` are meaningful once it is over; energy and cost as of the last that was told.
/// `created`: when central wrote its first record, of number `id`; `start` is its engine's.
/// `is_settled`: no other journal knows more of it.
struct SessionRow { std::uint64_t id; UtcMicros created; SessionId session; std::string point; std::string driver; ZoneId zone; UtcMicros start; std::optional<UtcMicros> end; Energy delivered; Money cost; SessionStatus status; SessionEnd last; bool has_energy; bool is_settled = true; };
/// What a session had delivered by then.
struct MeterRow   { std::uint64_t id; UtcMicros time; SessionId session; Energy delivered; };
struct TicketRow  { SessionEnd ticket; std::string point; std::string driver; UtcMicros start; UtcMicros end; UtcMicros issued; std::optional<UtcMicros> delivered; bool is_settled = true; };
// clang-format on

/// D-175.
struct FaultStatistics {
  std::uint64_t total_events = 0;
  std::uint64_t fault_count = 0;
  std::uint64_t recovery_count = 0;
  std::uint64_t currently_faulty = 0;  ///< points; of a short past exactly (History::kMeasuredMax)
  std::optional<double> mean_recovery_s;  ///< from FAULT to RECOVERY; none: no pair
  std::uint64_t recoveries_measured = 0;  ///< it is the mean of so many, the newest
  std::optional<UtcMicros> last_fault;
};

/// Rows come newest first (D-164). Threads: one at a time.
class Past {
 public:
  Past() = default;
  Past(const Past&) = delete;
  Past(Past&&) = default;
  Past& operator=(const Past&) = delete;
  Past& operator=(Past&&) = default;
  virtual ~Past() = default;

  [[nodiscard]] virtual Result<std::vector<FaultRow>> faults(const Filter& filter) = 0;
  [[nodiscard]] virtual Result<std::vector<HealthRow>> health(const Filter& filter) = 0;
  /// By start, also of those that are still open.
  [[nodiscard]] virtual Result<std::vector<SessionRow>> sessions(const Filter& filter) = 0;
  [[nodiscard]] virtual Result<std::vector<TicketRow>> tickets(const Filter& filter) = 0;
  /// The last of these questions was given up there, since what it looked at was so seldom what was
  /// meant: older rows may be missing, and an `until` of that time finds them. None: it was not.
  [[nodiscard]] virtual std::optional<UtcMicros> looked_back_to() const { return std::nullopt; }
  /// The readings of the meter of `filter.point`: the beginning, checkpoints and the end of its
  /// sessions. Zone, driver and kind do not count.
  [[nodiscard]] virtual Result<std::vector<MeterRow>> meter(const Filter& filter) = 0;
  /// What is known here of sessions that may have begun, or gone on, elsewhere; in their order.
  [[nodiscard]] virtual Result<std::vector<SessionTold>> told_of(
      const std::vector<SessionId>& sessions) = 0;
  /// The readings that are here of such sessions: checkpoints and the end, and the beginning of
  /// those that began here.
  [[nodiscard]] virtual Result<std::vector<MeterRow>> readings_of(
      const std::vector<SessionId>& sessions) = 0;
  /// `point` empty: of all. `since`: only events from then on count.
  [[nodiscard]] virtual Result<FaultStatistics> statistics(const std::string& point,
                                                           UtcMicros since) = 0;
  /// Sees a record, and how far one has read with it.
  using Visit = std::function<void(const Found&, const Position&)>;
  /// Shows what was recorded after `after`, oldest first (of each journal of a set), looking at no
  /// more than `looked_max` records. Returns where it stopped, or `after`. Requires a position of
  /// as many journals as this has.
  [[nodiscard]] virtual Result<Position> follow(const Position& after, std::uint64_t looked_max,
                                                const Visit& visit) = 0;
  /// Behind the newest record that counts.
  [[nodiscard]] virtual Result<Position> newest() = 0;
};

/// Puts into a row what is known of its session: its end, else what it had delivered.
void complete(SessionRow& row, const SessionTold& told);
/// Likewise, whether the ticket was delivered.
void complete(TicketRow& row, const SessionTold& told);

/// ACTIVE, COMPLETED, FAILED.
[[nodiscard]] std::string_view kind_of(const SessionRow& row) noexcept;
/// OPEN, DELIVERED.
[[nodiscard]] std::string_view kind_of(const TicketRow& row) noexcept;

/// Whether `filter` means a record of that zone, time and kind; `names` are its point's and its
/// driver's.
[[nodiscard]] bool is_meant(const Filter& filter, const Names& names, ZoneId zone,
                            std::string_view kind, UtcMicros time);

/// ACTIVE is in messages' words; these are of the tables: FAULT, RECOVERY, OTHER.
[[nodiscard]] std::string_view word(EventType type) noexcept;
/// closed, open, half_open.
[[nodiscard]] std::string_view word(runtime::BreakerMode mode) noexcept;

}  // namespace chargemill::archive
