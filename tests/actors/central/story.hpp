// A central shard on a bench: hand-moved time, and everything it says in a list.
#pragma once

#include <numeric>
#include <vector>

#include "actors/central/availability.hpp"
#include "actors/central/shard.hpp"

namespace chargemill::central {

using namespace std::chrono_literals;

inline constexpr PointId kPoint{10};
inline constexpr DriverId kAna{1};
inline constexpr DriverId kBen{2};
inline constexpr Energy kOneKwh{kMillijoulesPerKwh};

/// Points 10, 11, ... of zone 1, each at 0.30 EUR/kWh.
struct Story {
  ShardState shard;
  SimTime now{};
  ShardEffects said;  ///< since the last `forget_said`

  explicit Story(std::uint32_t points = 1) {
    ShardSettings settings;
    settings.shard = ShardId{3};
    std::vector<OwnedPoint> owned;
    for (std::uint32_t i = 0; i < points; ++i)
      owned.push_back({PointId{index_of(kPoint) + i}, ZoneId{1}, Price{300'000}, Power{22'000}});
    shard = make_shard(settings, owned);
  }

  void tell(const ShardEvent& event) { step(shard, event, now, said); }
  /// Moves time forward, with every tick at the instant it was asked for; monitors beat if `beats`.
  void pass(Nanos time, bool beats = false) {
    const SimTime end = now + time;
    while (true) {
      const SimTime beat = beats ? now + 1s : kNever;
      const SimTime at = std::min({end, beat, std::max(now, due(shard))});
      const bool is_due = due(shard) <= at;
      now = at;
      if (is_due) tell(Tick{});
      if (at == beat)
        for (const auto& p : std::vector<PointRecord>(shard.points)) tell(Heartbeat{p.id});
      if (at == end && !(due(shard) <= end)) return;
    }
  }
  /// Monitor and engine are there.
  void bring_up(PointId point = kPoint) {
    tell(Register{Price{300'000}, point});
    status(Phase::activated, Reason::engine_started, SessionId::none, point);
    said.clear();
  }
  void status(Phase phase, Reason reason, SessionId session = SessionId::none,
              PointId point = kPoint) {
    tell(Status{session, now, point, 1, phase, reason, Reason::none, Command::none, Refusal::none});
  }
  void refuse_start(SessionId session) {
    tell(Status{session, now, kPoint, 1, Phase::activated, Reason::refused, Reason::none,
                Command::start_supply, Refusal::starts_refused});
  }
  void ask_charge(std::uint64_t request, DriverId driver = kAna, PointId point = kPoint) {
    tell(ChargeRequest{RequestId{request}, Energy{}, Nanos{0}, driver, point});
  }
  /// A session that supplies; its number.
  SessionId start(std::uint64_t request = 1, DriverId driver = kAna) {
    ask_charge(request, driver);
    const SessionId session = record().session;
    status(Phase::supplying, Reason::starting_supply, session);
    return session;
  }
  void telemetry(SessionId session, Energy delivered) {
    telemetry(session, delivered, cost_of(delivered, Price{300'000}));
  }
  void telemetry(SessionId session, Energy delivered, Money cost) {
    tell(Telemetry{session, now, Power{22'000}, delivered, cost, kPoint, kAna, 2, true});
  }
  void end(SessionId session, Energy delivered, SessionStatus status = SessionStatus::completed,
           Reason reason = Reason::energy_target_reached) {
    tell(SessionEnd{session, SimTime{}, now, delivered, cost_of(delivered, Price{300'000}), kPoint,
                    kAna, status, reason});
  }
  void order(OperatorAction action) { tell(OperatorOrder{kPoint, action, false}); }

  [[nodiscard]] const PointRecord& record(std::uint32_t index = 0) const {
    return shard.points[index];
  }
  [[nodiscard]] const ShardTotals& totals() const { return shard.totals; }

  template <class T>
  [[nodiscard]] static bool is_record(const ShardEffect& effect) {
    const auto* record = std::get_if<archive::Record>(&effect);
    return record != nullptr && std::holds_alternative<T>(*record);
  }
  /// The records of kind T that it told the journal.
  template <class T>
  [[nodiscard]] std::vector<T> records() const {
    std::vector<T> found;
    for (const auto& effect : said) {
      if (is_record<T>(effect)) found.push_back(std::get<T>(std::get<archive::Record>(effect)));
    }
    return found;
  }
  template <class T>
  [[nodiscard]] std::vector<T> all() const {
    std::vector<T> found;
    for (const auto& effect : said) {
      if (const T* one = std::get_if<T>(&effect)) found.push_back(*one);
    }
    return found;
  }
  /// What a charge point was told of kind M.
  template <class M>
  [[nodiscard]] std::vector<M> commands() const {
    std::vector<M> found;
    for (const auto& to : all<ToPoint>()) {
      if (const M* one = std::get_if<M>(&to.message)) found.push_back(*one);
    }
    return found;
  }
  template <class M>
  [[nodiscard]] std::size_t monitors_told() const {
    std::size_t count = 0;
    for (const auto& to : all<ToMonitor>()) count += std::holds_alternative<M>(to.message) ? 1 : 0;
    return count;
  }
  [[nodiscard]] DriverUpdate last_update() const {
    const auto updates = all<DriverUpdate>();
    return updates.empty() ? DriverUpdate{} : updates.back();
  }
};

}  // namespace chargemill::central
