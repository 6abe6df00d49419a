// What has happened on another node, asked over the links.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "actors/archive/past.hpp"
#include "app/nodes/past_words.hpp"

namespace chargemill::app {

/// Threads: one at a time, which waits for each answer; not the one that drives the run, for that
/// one hears it.
class RemotePast final : public archive::Past {
 public:
  using Done = std::function<void(std::string)>;
  /// Sends the bytes of a question there; `Done` hears those of the answer, once, or never.
  using Ask = std::function<void(const std::string&, Done)>;

  explicit RemotePast(Ask ask) : ask_(std::move(ask)) {}

  [[nodiscard]] Result<std::vector<archive::FaultRow>> faults(
      const archive::Filter& filter) override;
  [[nodiscard]] Result<std::vector<archive::HealthRow>> health(
      const archive::Filter& filter) override;
  [[nodiscard]] Result<std::vector<archive::SessionRow>> sessions(
      const archive::Filter& filter) override;
  [[nodiscard]] Result<std::vector<archive::TicketRow>> tickets(
      const archive::Filter& filter) override;
  [[nodiscard]] std::optional<archive::UtcMicros> looked_back_to() const override {
    return given_up_at_;
  }
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
  [[nodiscard]] std::optional<std::string> hear(const PastQuestion& question) const;
  template <class Answer>
  [[nodiscard]] Result<Answer> ask(const PastQuestion& question) const;
  /// One that may be given up.
  template <class Row>
  [[nodiscard]] Result<std::vector<Row>> ask_for(PastQuestion::What what,
                                                 const archive::Filter& filter);
  /// In several questions, if they are many.
  template <class Row>
  [[nodiscard]] Result<std::vector<Row>> ask_of(PastQuestion::What what,
                                                const std::vector<SessionId>& sessions) const;

  const Ask ask_;
  std::optional<archive::UtcMicros> given_up_at_;
};

}  // namespace chargemill::app
