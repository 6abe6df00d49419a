// What people ask a journal (D-172 to D-178): by the index of the point or the driver.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "actors/archive/newest_first.hpp"
#include "actors/archive/past.hpp"
#include "actors/archive/since.hpp"
#include "runtime/journal/reader.hpp"

namespace chargemill::archive {

/// Reads one journal, also while it is written.
/// Threads: one at a time.
class History final : public Past {
 public:
  /// The mean time to recovery looks at so many events at most.
  static constexpr std::uint64_t kMeasuredMax = 20'000;
  /// So many rows come in addition to the limit, at most (Filter::with_unsettled).
  static constexpr std::uint64_t kUnsettledMax = 20'000;

  [[nodiscard]] static Result<History> open(const std::string& directory);
  /// Its writer is at work, and its shards stay with it: of what its present run has begun no other
  /// journal knows more.
  void count_on_its_writer() noexcept { has_writer_ = true; }
  /// So many records may be looked at in vain before a question is given up (looked_back_to()).
  void set_patience(std::uint64_t records) noexcept { patience_ = records; }

  [[nodiscard]] Result<std::vector<FaultRow>> faults(const Filter& filter) override;
  /// Without a point it looks at all records, newest first: every status is one, so some are near.
  /// However few there are of a zone, a kind or a time, it is given up in the end.
  [[nodiscard]] Result<std::vector<HealthRow>> health(const Filter& filter) override;
  [[nodiscard]] Result<std::vector<SessionRow>> sessions(const Filter& filter) override;
  [[nodiscard]] Result<std::vector<TicketRow>> tickets(const Filter& filter) override;
  [[nodiscard]] std::optional<UtcMicros> looked_back_to() const override { return given_up_at_; }
  [[nodiscard]] Result<std::vector<MeterRow>> meter(const Filter& filter) override;
  [[nodiscard]] Result<std::vector<SessionTold>> told_of(
      const std::vector<SessionId>& sessions) override;
  [[nodiscard]] Result<std::vector<MeterRow>> readings_of(
      const std::vector<SessionId>& sessions) override;
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
      : reader_(std::move(rows)), details_(std::move(details)), patience_(Patience::kRecords) {}
  /// Records that bear `key`; without one, all.
  [[nodiscard]] Result<void> walk(std::optional<runtime::journal::PostingKey> key,
                                  const Filter& filter, NewestFirst order, const Take& take);
  [[nodiscard]] Result<void> show_session(SessionId session,
                                          const runtime::journal::Reader::Visit& visit);
  enum class About : std::uint8_t { supply, tickets_too };
  [[nodiscard]] Result<SessionTold> told_of(SessionId session, About what);
  /// Behind that record all are younger than `until`.
  [[nodiscard]] runtime::journal::Sequence begin_of(UtcMicros until);
  /// From when on nobody else knows more of what has begun here; the end of time: never.
  [[nodiscard]] Result<UtcMicros> own_since(const Filter& filter);
  /// The readings of one session, newest first.
  [[nodiscard]] Result<std::vector<MeterRow>> readings_of_one(SessionId session);
  [[nodiscard]] Result<std::optional<UtcMicros>> delivery_of(const SessionEnd& ticket);
  [[nodiscard]] Result<void> measure_recovery(runtime::journal::PostingKey key,
                                              const std::string& point, UtcMicros since,
                                              bool is_all, FaultStatistics& statistics);

  runtime::journal::Reader reader_;
  runtime::journal::Reader details_;  // asked while the other one shows rows
  bool has_looked_ = false;           // details_, in this query
  std::uint64_t look_ups_ = 0;        // ever
  std::uint64_t patience_;
  std::optional<UtcMicros> given_up_at_;
  bool has_writer_ = false;
};

}  // namespace chargemill::archive
