// What has happened on another node, also when that is lost.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>

#include "actors/archive/history.hpp"
#include "actors/archive/past.hpp"

namespace chargemill::app {

/// Asks the node while it is there, and then its journal, if that can be read from here; of one
/// that cannot nothing is known any more. Threads: as the past that it asks.
class OutlivedPast final : public archive::Past {
 public:
  /// `journal` empty: it keeps none.
  OutlivedPast(std::unique_ptr<archive::Past> node, std::function<bool()> is_lost,
               std::filesystem::path journal);

  [[nodiscard]] Result<std::vector<archive::FaultRow>> faults(
      const archive::Filter& filter) override;
  [[nodiscard]] Result<std::vector<archive::HealthRow>> health(
      const archive::Filter& filter) override;
  [[nodiscard]] Result<std::vector<archive::SessionRow>> sessions(
      const archive::Filter& filter) override;
  [[nodiscard]] Result<std::vector<archive::TicketRow>> tickets(
      const archive::Filter& filter) override;
  [[nodiscard]] std::optional<archive::UtcMicros> looked_back_to() const override;
  [[nodiscard]] Result<std::vector<archive::MeterRow>> meter(
      const archive::Filter& filter) override;
  [[nodiscard]] Result<std::vector<archive::SessionTold>> told_of(
      const std::vector<SessionId>& sessions) override;
  [[nodiscard]] Result<std::vector<archive::MeterRow>> readings_of(
      const std::vector<SessionId>& sessions) override;
  [[nodiscard]] Result<archive::FaultStatistics> statistics(const std::string& point,
                                                            archive::UtcMicros since) override;
  [[nodiscard]] Result<archive::Position> follow(const archive::Position& after,
                                                 std::uint64_t looked_max,
                                                 const Visit& visit) override;
  [[nodiscard]] Result<archive::Position> newest() override;

 private:
  /// Null: nobody knows.
  [[nodiscard]] archive::Past* whom();
  [[nodiscard]] archive::Past* who_knows();

  const std::unique_ptr<archive::Past> node_;
  const std::function<bool()> is_lost_;
  const std::filesystem::path journal_;
  std::unique_ptr<archive::Past> left_;   // its journal, once it was wanted
  const archive::Past* asked_ = nullptr;  // the last time
};

}  // namespace chargemill::app
