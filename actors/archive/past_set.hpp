// The pasts of several nodes as one.
#pragma once

#include <memory>
#include <vector>

#include "actors/archive/past.hpp"

namespace chargemill::archive {

/// Each node keeps what happened to its own charge points; whoever asks hears of all of them. What
/// several say of one session (its node was lost, and another one had its shard next) is put
/// together. Row and record ids stay unique: they rise by as many as there are members.
/// Threads: one at a time.
class PastSet final : public Past {
 public:
  /// In order of nodes. Requires at least one; each has one journal.
  explicit PastSet(std::vector<std::unique_ptr<Past>> members);

  [[nodiscard]] Result<std::vector<FaultRow>> faults(const Filter& filter) override;
  [[nodiscard]] Result<std::vector<HealthRow>> health(const Filter& filter) override;
  [[nodiscard]] Result<std::vector<SessionRow>> sessions(const Filter& filter) override;
  [[nodiscard]] Result<std::vector<TicketRow>> tickets(const Filter& filter) override;
  /// The latest of the members' times.
  [[nodiscard]] std::optional<UtcMicros> looked_back_to() const override { return given_up_at_; }
  [[nodiscard]] Result<std::vector<MeterRow>> meter(const Filter& filter) override;
  [[nodiscard]] Result<std::vector<SessionTold>> told_of(
      const std::vector<SessionId>& sessions) override;
  [[nodiscard]] Result<std::vector<MeterRow>> readings_of(
      const std::vector<SessionId>& sessions) override;
  [[nodiscard]] Result<FaultStatistics> statistics(const std::string& point,
                                                   UtcMicros since) override;
  /// Records of one node come in their order; those of different nodes as they are found.
  [[nodiscard]] Result<Position> follow(const Position& after, std::uint64_t looked_max,
                                        const Visit& visit) override;
  [[nodiscard]] Result<Position> newest() override;

 private:
  template <class Row, class Ask, class Newer>
  [[nodiscard]] Result<std::vector<Row>> gather(const Filter& filter, Ask ask, Newer is_newer);
  template <class Row, class Ask, class TimeOf>
  [[nodiscard]] Result<std::vector<Row>> gather_settled(const Filter& filter, Ask ask,
                                                        TimeOf time_of);
  [[nodiscard]] Result<void> measure_together(const std::string& point, UtcMicros since,
                                              FaultStatistics& statistics);
  template <class Row>
  [[nodiscard]] Result<void> settle(std::vector<Row>& rows);
  [[nodiscard]] std::uint64_t unique_id(std::size_t member, std::uint64_t id) const noexcept;

  void note_how_far(const Past& member);

  std::vector<std::unique_ptr<Past>> members_;
  std::optional<UtcMicros> given_up_at_;
};

}  // namespace chargemill::archive
