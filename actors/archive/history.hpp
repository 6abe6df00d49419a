// What people ask a journal (D-172 to D-178): newest first, by the index of the point or the
// driver.
#pragma once

#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "actors/archive/codec.hpp"
#include "runtime/journal/reader.hpp"

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
};

// clang-format off
struct FaultRow   { std::uint64_t id; UtcMicros time; std::string point; ZoneId zone; EventType type; Reason reason; };
struct HealthRow  { std::uint64_t id; UtcMicros time; std::string point; ZoneId zone; Health health; };
/// `end` and `reason` are meaningful once it is over; energy and cost as of the last that was told.
/// `created`: when central wrote its first record, of number `id`; `start` is its engine's.
struct SessionRow { std::uint64_t id; UtcMicros created; SessionId session; std::string point; std::string driver; ZoneId zone; UtcMicros start; std::optional<UtcMicros> end; Energy delivered; Money cost; SessionStatus status; SessionEnd last; bool has_energy; };
/// What a session had delivered by then.
struct MeterRow   { std::uint64_t id; UtcMicros time; SessionId session; Energy delivered; };
struct TicketRow  { SessionEnd ticket; std::string point; std::string driver; UtcMicros start; UtcMicros end; UtcMicros issued; std::optional<UtcMicros> delivered; };
// clang-format on

/// D-175.
struct FaultStatistics {
  std::uint64_t total_events = 0;
  std::uint64_t fault_count = 0;
  std::uint64_t recovery_count = 0;
  std::uint64_t currently_faulty = 0;     ///< points
  std::optional<double> mean_recovery_s;  ///< from FAULT to RECOVERY; none: no pair
  std::uint64_t recoveries_measured = 0;  ///< it is the mean of so many, the newest
  std::optional<UtcMicros> last_fault;
};

/// Reads one journal, also while it is written.
/// Threads: one at a time.
class History {
 public:
  /// The mean time to recovery looks at so many events at most.
  static constexpr std::uint64_t kMeasuredMax = 20'000;

  [[nodiscard]] static Result<History> open(const std::string& directory);

  [[nodiscard]] Result<std::vector<FaultRow>> faults(const Filter& filter);
  /// Without a point it looks at all records, newest first: every status is one, so some are near.
  [[nodiscard]] Result<std::vector<HealthRow>> health(const Filter& filter);
  /// By start, also of those that are still open.
  [[nodiscard]] Result<std::vector<SessionRow>> sessions(const Filter& filter);
  [[nodiscard]] Result<std::vector<TicketRow>> tickets(const Filter& filter);
  /// The readings of the meter of `filter.point`, newest first: the beginning, the checkpoints and
  /// the end of its sessions. Zone, driver and kind do not count.
  [[nodiscard]] Result<std::vector<MeterRow>> meter(const Filter& filter);
  /// `point` empty: of all. `since`: only events from then on count.
  [[nodiscard]] Result<FaultStatistics> statistics(const std::string& point, UtcMicros since);
  /// Shows what was written after record `after`, oldest first, looking at no more than
  /// `looked_max` records. Returns the number of the last one looked at, or `after`.
  [[nodiscard]] Result<runtime::journal::Sequence> follow(
      runtime::journal::Sequence after, std::uint64_t looked_max,
      const std::function<void(const Found&)>& visit);
  /// The number of the newest record; 0: there is none.
  [[nodiscard]] Result<runtime::journal::Sequence> newest() { return reader_.last(); }
  /// The time of the newest record; none: the journal is empty.
  [[nodiscard]] Result<std::optional<UtcMicros>> newest_time();

 private:
  /// Sees a record that may be meant; true: it was taken as a row.
  using Take = std::function<Result<bool>(const Found&)>;

  History(runtime::journal::Reader rows, runtime::journal::Reader details)
      : reader_(std::move(rows)), details_(std::move(details)) {}
  /// Records that bear `key`; without one, all.
  [[nodiscard]] Result<void> walk(std::optional<runtime::journal::PostingKey> key,
                                  const Filter& filter, const Take& take);
  [[nodiscard]] Result<void> complete(SessionRow& row);
  /// The readings of one session, newest first.
  [[nodiscard]] Result<std::vector<MeterRow>> readings_of(SessionId session);
  [[nodiscard]] Result<std::optional<UtcMicros>> delivery_of(const SessionEnd& ticket);
  [[nodiscard]] Result<void> measure_recovery(runtime::journal::PostingKey key,
                                              const std::string& point, UtcMicros since,
                                              FaultStatistics& statistics);

  runtime::journal::Reader reader_;
  runtime::journal::Reader details_;  // asked while the other one shows rows
};

/// ACTIVE is in messages' words; these are of the tables: FAULT, RECOVERY, OTHER.
[[nodiscard]] std::string_view word(EventType type) noexcept;
/// closed, open, half_open.
[[nodiscard]] std::string_view word(runtime::BreakerMode mode) noexcept;

}  // namespace chargemill::archive
