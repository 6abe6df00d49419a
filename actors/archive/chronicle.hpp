// The memory of a run that keeps no journal: the latest of each kind.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <unordered_map>
#include <utility>

#include "actors/archive/past.hpp"

namespace chargemill::archive {

/// Answers like a journal, from bounded lists: of each kind the oldest are forgotten. A record's
/// number is its place in the order in which it was told.
/// Threads: one at a time.
class Chronicle final : public Past {
 public:
  /// So many are remembered at most, each about 120 bytes.
  struct Limits {
    std::size_t faults = 10'000;
    std::size_t health = 20'000;
    std::size_t sessions = 10'000;
    std::size_t tickets = 10'000;
    std::size_t events = 20'000;  ///< of all kinds, for follow()
  };
  /// What people call points and drivers.
  struct Namer {
    std::function<std::string(PointId)> point;
    std::function<std::string(DriverId)> driver;
  };
  /// The mean time to recovery looks at no more than Limits::faults.
  Chronicle(Origin origin, Namer names, Limits limits);
  Chronicle(Origin origin, Namer names) : Chronicle(origin, std::move(names), Limits{}) {}

  /// Whether such a record is of any use here: what only a restart reads is not.
  [[nodiscard]] static bool is_kept(const Record& record) noexcept;
  /// Requires is_kept(); those of one point in the order in which they happened.
  void add(const Record& record);

  [[nodiscard]] Result<std::vector<FaultRow>> faults(const Filter& filter) override;
  [[nodiscard]] Result<std::vector<HealthRow>> health(const Filter& filter) override;
  [[nodiscard]] Result<std::vector<SessionRow>> sessions(const Filter& filter) override;
  [[nodiscard]] Result<std::vector<TicketRow>> tickets(const Filter& filter) override;
  /// Of the checkpoints of a session the last one is remembered.
  [[nodiscard]] Result<std::vector<MeterRow>> meter(const Filter& filter) override;
  [[nodiscard]] Result<std::vector<SessionTold>> told_of(
      const std::vector<SessionId>& sessions) override;
  [[nodiscard]] Result<std::vector<MeterRow>> readings_of(
      const std::vector<SessionId>& sessions) override;
  /// Counts also what is forgotten, but only what is remembered if `since` is given.
  [[nodiscard]] Result<FaultStatistics> statistics(const std::string& point,
                                                   UtcMicros since) override;
  [[nodiscard]] Result<Position> follow(const Position& after, std::uint64_t looked_max,
                                        const Visit& visit) override;
  [[nodiscard]] Result<Position> newest() override { return Position{last_}; }

 private:
  using Sequence = runtime::journal::Sequence;

  template <class What>
  struct Kept {
    Sequence id;
    What what;
  };
  struct Session {
    Sequence id;  ///< of its start; likewise below
    SessionStart start;
    std::optional<Checkpoint> told;
    std::optional<SessionEnd> end;
    Sequence told_id = 0;
    Sequence end_id = 0;
  };
  struct Issue {
    SessionEnd end;
    std::optional<SimTime> delivered;
  };
  /// A place in a list whose front is forgotten now and then.
  using Place = std::uint64_t;
  using TicketKey = std::pair<SessionId, bool>;  // and whether it is a correction
  struct Counts {
    std::uint64_t faults = 0, recoveries = 0, others = 0;
  };

  void on(const Fault& fault);
  void on(const Health& health);
  void on(const SessionStart& start);
  void on(const Checkpoint& told);
  void on(const SessionEnd& end);
  void on(const TicketDelivered& delivered);
  template <class Other>
  void on(const Other&) {}

  [[nodiscard]] UtcMicros utc(SimTime at) const noexcept {
    return origin_ + std::chrono::floor<UtcMicros>(at.time_since_epoch());
  }
  [[nodiscard]] std::string point_name(PointId point) const;
  [[nodiscard]] std::string driver_name(DriverId driver) const;
  [[nodiscard]] Session* session(SessionId id);
  [[nodiscard]] const Issue* ticket(SessionId id, bool is_correction) const;
  [[nodiscard]] SessionTold told_of(SessionId id);
  [[nodiscard]] std::vector<MeterRow> readings_in(const Session& one) const;
  [[nodiscard]] SessionRow row_of(const Session& session) const;
  [[nodiscard]] Counts counts_ever(const std::string& point) const;
  [[nodiscard]] bool is_point(const std::string& name, PointId point) const {
    return name.empty() || name == point_name(point);
  }
  void measure_recovery(const std::string& point, UtcMicros since, FaultStatistics& result) const;

  const Origin origin_;
  const Namer names_;
  const Limits limits_;
  Sequence last_ = 0;
  std::deque<Kept<Fault>> faults_;
  std::deque<Kept<Health>> health_;
  std::deque<Kept<Record>> events_;
  std::deque<Session> sessions_;
  std::uint64_t sessions_forgotten_ = 0;
  // Counted with those forgotten, as the next. Looked up for each checkpoint, never walked.
  std::unordered_map<SessionId, Place> session_places_;
  std::deque<Issue> tickets_;
  std::uint64_t tickets_forgotten_ = 0;
  std::map<TicketKey, Place> ticket_places_;
  std::unordered_map<PointId, Counts> counts_;  // ever; of points that had any
};

}  // namespace chargemill::archive
