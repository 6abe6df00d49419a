// What people ask a journal (D-172 to D-178): by the index of the point or the driver.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "actors/archive/newest_first.hpp"
#include "actors/archive/past.hpp"
#include "runtime/journal/reader.hpp"

namespace chargemill::archive {

/// Reads one journal, also while it is written.
/// Threads: one at a time.
class History final : public Past {
 public:
  /// The mean time to recovery looks at so many events at most.
  static constexpr std::uint64_t kMeasuredMax = 20'000;

  [[nodiscard]] static Result<History> open(const std::string& directory);
  /// Those of the other nodes of its network, which live as long as this is asked: what began here
  /// may have gone on there, once its own node was lost.
  void look_beside(std::vector<History*> others) { others_ = std::move(others); }

  [[nodiscard]] Result<std::vector<FaultRow>> faults(const Filter& filter) override;
  /// Without a point it looks at all records, newest first: every status is one, so some are near.
  [[nodiscard]] Result<std::vector<HealthRow>> health(const Filter& filter) override;
  [[nodiscard]] Result<std::vector<SessionRow>> sessions(const Filter& filter) override;
  [[nodiscard]] Result<std::vector<TicketRow>> tickets(const Filter& filter) override;
  [[nodiscard]] Result<std::vector<MeterRow>> meter(const Filter& filter) override;
  [[nodiscard]] Result<FaultStatistics> statistics(const std::string& point,
                                                   UtcMicros since) override;
  [[nodiscard]] Result<Position> follow(const Position& after, std::uint64_t looked_max,
                                        const Visit& visit) override;
  [[nodiscard]] Result<Position> newest() override;
  /// The time of the newest record; none: the journal is empty.
  [[nodiscard]] Result<std::optional<UtcMicros>> newest_time();

 private:
  /// Sees a record that may be meant; the time of the row that was made of it, if one was.
  using Take = std::function<Result<std::optional<UtcMicros>>(const Found&)>;

  History(runtime::journal::Reader rows, runtime::journal::Reader details)
      : reader_(std::move(rows)), details_(std::move(details)) {}
  /// Records that bear `key`; without one, all.
  [[nodiscard]] Result<void> walk(std::optional<runtime::journal::PostingKey> key,
                                  const Filter& filter, NewestFirst order, const Take& take);
  [[nodiscard]] Result<void> show_session(SessionId session,
                                          const runtime::journal::Reader::Visit& visit);
  /// What is known of a session here.
  struct Known;
  [[nodiscard]] Result<Known> known_of(SessionId session);
  [[nodiscard]] Result<void> complete(SessionRow& row);
  /// The readings of one session, newest first.
  [[nodiscard]] Result<std::vector<MeterRow>> readings_of(SessionId session);
  [[nodiscard]] Result<std::optional<UtcMicros>> delivery_of(const SessionEnd& ticket);
  [[nodiscard]] Result<std::optional<UtcMicros>> delivery_here(const SessionEnd& ticket);
  [[nodiscard]] Result<void> measure_recovery(runtime::journal::PostingKey key,
                                              const std::string& point, UtcMicros since,
                                              bool is_all, FaultStatistics& statistics);

  runtime::journal::Reader reader_;
  runtime::journal::Reader details_;  // asked while the other one shows rows
  bool has_looked_ = false;           // details_, in this query
  std::vector<History*> others_;
};

}  // namespace chargemill::archive
