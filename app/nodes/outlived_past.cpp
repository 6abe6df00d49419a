#include "app/nodes/outlived_past.hpp"

#include <utility>

namespace chargemill::app {

using archive::Filter;
using archive::Position;

OutlivedPast::OutlivedPast(std::unique_ptr<archive::Past> node, std::function<bool()> is_lost,
                           std::filesystem::path journal)
    : node_(std::move(node)), is_lost_(std::move(is_lost)), journal_(std::move(journal)) {}

archive::Past* OutlivedPast::whom() {
  auto* const past = who_knows();
  asked_ = past;
  return past;
}

archive::Past* OutlivedPast::who_knows() {
  if (!is_lost_()) return node_.get();
  if (left_ == nullptr && !journal_.empty()) {
    auto history = archive::History::open(journal_.string());
    if (history) left_ = std::make_unique<archive::History>(std::move(*history));
  }
  return left_.get();
}

Result<std::vector<archive::FaultRow>> OutlivedPast::faults(const Filter& filter) {
  auto* const past = whom();
  if (past == nullptr) return std::vector<archive::FaultRow>{};
  return past->faults(filter);
}
Result<std::vector<archive::HealthRow>> OutlivedPast::health(const Filter& filter) {
  auto* const past = whom();
  if (past == nullptr) return std::vector<archive::HealthRow>{};
  return past->health(filter);
}
Result<std::vector<archive::SessionRow>> OutlivedPast::sessions(const Filter& filter) {
  auto* const past = whom();
  if (past == nullptr) return std::vector<archive::SessionRow>{};
  return past->sessions(filter);
}
Result<std::vector<archive::TicketRow>> OutlivedPast::tickets(const Filter& filter) {
  auto* const past = whom();
  if (past == nullptr) return std::vector<archive::TicketRow>{};
  return past->tickets(filter);
}
std::optional<archive::UtcMicros> OutlivedPast::looked_back_to() const {
  return asked_ == nullptr ? std::nullopt : asked_->looked_back_to();
}
Result<std::vector<archive::MeterRow>> OutlivedPast::meter(const Filter& filter) {
  auto* const past = whom();
  if (past == nullptr) return std::vector<archive::MeterRow>{};
  return past->meter(filter);
}
Result<std::vector<archive::SessionTold>> OutlivedPast::told_of(
    const std::vector<SessionId>& sessions) {
  auto* const past = whom();
  if (past == nullptr) return std::vector<archive::SessionTold>(sessions.size());
  return past->told_of(sessions);
}
Result<std::vector<archive::MeterRow>> OutlivedPast::readings_of(
    const std::vector<SessionId>& sessions) {
  auto* const past = whom();
  if (past == nullptr) return std::vector<archive::MeterRow>{};
  return past->readings_of(sessions);
}
Result<archive::FaultStatistics> OutlivedPast::statistics(const std::string& point,
                                                          archive::UtcMicros since) {
  auto* const past = whom();
  if (past == nullptr) return archive::FaultStatistics{};
  return past->statistics(point, since);
}
Result<Position> OutlivedPast::follow(const Position& after, std::uint64_t looked_max,
                                      const Visit& visit) {
  auto* const past = whom();
  if (past == nullptr) return after;
  return past->follow(after, looked_max, visit);
}
Result<Position> OutlivedPast::newest() {
  auto* const past = whom();
  if (past == nullptr) return Position{0};
  return past->newest();
}

}  // namespace chargemill::app
